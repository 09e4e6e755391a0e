import { type Pattern, toPattern } from '../pattern.ts'
import type { FaultMoment, FaultRule } from './rule.ts'

/** What happens, as far as rules can be about it. */
export interface Happening {
  readonly connection?: string | undefined
  readonly endpoint?: string | undefined
  readonly client?: string | undefined
  readonly user?: string | undefined
  readonly channels?: readonly string[]
  readonly direction?: 'in' | 'out'
  readonly type?: string
}

/** A rule at work. */
export class Armed<A extends FaultMoment = FaultMoment> {
  readonly rule: FaultRule<A>
  readonly #channel: Pattern | undefined
  #seen = 0
  #struck = 0
  /** What its end takes back. */
  readonly #undo = new Set<() => void>()

  constructor(rule: FaultRule<A>) {
    this.rule = rule
    this.#channel = rule.channel === undefined ? undefined : toPattern(rule.channel)
  }

  /** Nothing comes of it any more: it has struck as often as it may, or was done with at once. */
  get isSpent(): boolean {
    return this.rule.at === 'now' ? !this.isHolding : this.#isUsedUp
  }

  /** Counts it; tells whether the rule strikes. */
  meets(happening: Happening): boolean {
    if (!this.isAbout(happening)) return false
    if (++this.#seen < (this.rule.nth ?? 1) || this.#isUsedUp) return false
    this.#struck++
    return true
  }

  isAbout(happening: Happening): boolean {
    const { connection, endpoint, client, user, ...rest } = this.rule as Partial<FaultRule<'frame'>>
    const channels = happening.channels ?? []
    return (
      isSame(connection, happening.connection) &&
      isSame(endpoint, happening.endpoint) &&
      isSame(client, happening.client) &&
      isSame(user, happening.user) &&
      isSame(rest.direction, happening.direction) &&
      isSame(rest.type, happening.type) &&
      (!this.#channel || channels.some((channel) => this.#channel?.match(channel)))
    )
  }

  /** At its end, or after some time; the result forgets it. */
  onEnd(undo: () => void): () => void {
    this.#undo.add(undo)
    return () => this.#undo.delete(undo)
  }

  /** Something is left for its end to take back. */
  get isHolding(): boolean {
    return this.#undo.size > 0
  }

  get #isUsedUp(): boolean {
    const { nth, times = nth === undefined ? Infinity : 1 } = this.rule
    return this.#struck >= times
  }

  end(): void {
    for (const undo of [...this.#undo]) undo()
    this.#undo.clear()
  }
}

const isSame = (wanted: string | undefined, found: string | undefined): boolean =>
  wanted === undefined || wanted === found
