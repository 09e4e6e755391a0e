import type { Clock } from './clock.ts'

interface ExpiryNeeds {
  readonly clock: Clock
  /** How long before the end to say so; never more than half of the time that is left. */
  readonly aheadMs: number
  readonly advise: (leftMs: number) => void
  readonly end: () => void
}

/** The end of a token, told ahead. */
export class Expiry {
  readonly #needs: ExpiryNeeds
  #cancel = (): void => {}

  constructor(needs: ExpiryNeeds) {
    this.#needs = needs
  }

  /** Counts from now on to this moment; without one the token has no end. */
  set(expiresAt: number | undefined): void {
    this.#cancel()
    if (expiresAt === undefined) return
    const { clock, aheadMs, advise } = this.#needs
    const left = expiresAt - clock.date()
    const ahead = Math.min(aheadMs, left / 2)
    this.#cancel = clock.after(left - ahead, () => {
      advise(Math.max(0, Math.round(expiresAt - clock.date())))
      this.#await(expiresAt)
    })
  }

  cancel(): void {
    this.#cancel()
  }

  /** The wall clock may have been put back meanwhile. */
  #await(expiresAt: number): void {
    const { clock, end } = this.#needs
    const left = expiresAt - clock.date()
    if (left <= 0) end()
    else this.#cancel = clock.after(left, () => this.#await(expiresAt))
  }
}
