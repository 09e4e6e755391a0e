import type { Clock } from '../../clock.ts'
import type { AppState } from '../app-state.ts'
import type { WebhookEvent, WebhookOptions } from '../webhook-options.ts'
import { postWebhook } from './post-webhook.ts'

export interface WebhookNeeds {
  readonly clock: Clock
  readonly withinMs: number
  readonly crash: (error: unknown, where: string) => void
}

const MOST_EVENTS = 1000
const MOST_TRIES = 6
const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 60_000

/** What waits for one address of one app. One request at a time, so that the order is kept. */
export class WebhookQueue {
  readonly #app: AppState
  readonly #needs: WebhookNeeds
  readonly #onIdle: () => void
  readonly #abort = new AbortController()
  #webhook: WebhookOptions
  #waiting: WebhookEvent[] = []
  #lost = 0
  #cancel: (() => void) | undefined
  #isSending = false

  constructor(app: AppState, webhook: WebhookOptions, needs: WebhookNeeds, onIdle: () => void) {
    this.#app = app
    this.#webhook = webhook
    this.#needs = needs
    this.#onIdle = onIdle
  }

  add(event: WebhookEvent, webhook: WebhookOptions): void {
    this.#webhook = webhook
    this.#waiting.push(event)
    if (this.#waiting.length > MOST_EVENTS) {
      this.#waiting.shift()
      this.#lost++
    }
    if (this.#isSending || this.#cancel) return
    this.#cancel = this.#needs.clock.after(this.#app.settings.limits.webhookBatchMs, () => this.#flush())
  }

  stop(): void {
    this.#cancel?.()
    this.#abort.abort(new Error('the server has stopped'))
  }

  #flush(): void {
    this.#cancel = undefined
    this.#isSending = true
    const events = this.#waiting
    this.#waiting = []
    this.#send(events, 1).catch((error: unknown) => this.#needs.crash(error, this.#where))
  }

  async #send(events: readonly WebhookEvent[], tries: number): Promise<void> {
    const { clock, withinMs } = this.#needs
    const { key, secret } = this.#app.settings
    const { signal } = this.#abort
    const posted = await postWebhook({ webhook: this.#webhook, key, secret, events, clock, withinMs, signal })
    if (signal.aborted) return
    if (posted.outcome === 'failed' && tries < MOST_TRIES) {
      const { retryAfterMs = 0 } = posted
      const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(retryAfterMs, FIRST_WAIT_MS * 2 ** (tries - 1)))
      this.#cancel = clock.after(waitMs, () => {
        this.#send(events, tries + 1).catch((error: unknown) => this.#needs.crash(error, this.#where))
      })
      return
    }
    if (posted.outcome !== 'taken') this.#lose(events.length, posted.why)
    this.#done()
  }

  #done(): void {
    this.#isSending = false
    if (this.#lost) this.#lose(this.#lost, 'too many waited')
    this.#lost = 0
    if (this.#waiting.length) this.#flush()
    else this.#onIdle()
  }

  #lose(count: number, why: string): void {
    this.#needs.crash(new Error(`${count} events of ${this.#where} are lost: ${why}`), this.#where)
  }

  /** Without what may be secret in its address. */
  get #where(): string {
    const { origin, pathname } = new URL(this.#webhook.url)
    return `webhook ${origin}${pathname} of app ${this.#app.settings.id}`
  }
}
