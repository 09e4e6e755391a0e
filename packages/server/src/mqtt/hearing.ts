import { type Decision, isDenial } from '../authorize.ts'
import type { Context } from '../core.ts'
import type { Session } from './session.ts'

/** Decides whether a session may hear a topic; undefined when that cannot be decided now. */
export type MayHear = (topic: string) => boolean | undefined | Promise<boolean | undefined>

/** How many topics are remembered, and how many deliveries wait for one decision. */
const MOST_TOPICS = 1000
const MOST_WAITING = 1000

/** A filter with wildcards brings topics that nobody has asked the rules about: asks once for each of them. */
export class Hearing {
  readonly #mayHear: MayHear
  readonly #known = new Map<string, boolean | (() => void)[]>()
  #undecided = 0

  constructor(mayHear: MayHear) {
    this.#mayHear = mayHear
  }

  /** Runs if the topic may be heard: at once, or when that is decided, in order. */
  pass(topic: string, run: () => void): void {
    const known = this.#known.get(topic) ?? this.#ask(topic)
    if (known === true) run()
    else if (Array.isArray(known) && known.length < MOST_WAITING) known.push(run)
  }

  /** Whether deliveries wait for a decision. */
  get isWaiting(): boolean {
    return this.#undecided > 0
  }

  /** What was decided about a topic is to be decided again. */
  forget(topic: string): void {
    if (typeof this.#known.get(topic) === 'boolean') this.#known.delete(topic)
  }

  #ask(topic: string): boolean | (() => void)[] {
    if (this.#known.size >= MOST_TOPICS) this.#forget()
    // Too many decisions are waited for.
    if (this.#known.size >= MOST_TOPICS) return false
    const answer = this.#mayHear(topic)
    if (!(answer instanceof Promise)) {
      if (answer !== undefined) this.#known.set(topic, answer)
      return answer ?? false
    }
    const waiting: (() => void)[] = []
    this.#known.set(topic, waiting)
    this.#undecided++
    void answer.then((may) => {
      this.#undecided--
      if (may === undefined) this.#known.delete(topic)
      else this.#known.set(topic, may)
      if (may) for (const run of waiting) run()
    })
    return waiting
  }

  #forget(): void {
    for (const [topic, entry] of this.#known) if (typeof entry === 'boolean') this.#known.delete(topic)
  }
}

/** By the rules. */
export const toMayHear =
  ({ rules }: Context) =>
  ({ client, user }: Session): MayHear =>
  (channel) => {
    const decision = rules.decide(user, { channel, client, want: 'subscribe' })
    return decision instanceof Promise ? decision.then(toHearing) : toHearing(decision)
  }

function toHearing(decision: Decision): boolean | undefined {
  if (!isDenial(decision)) return decision.subscribe
  return decision.refuse === 'unavailable' ? undefined : false
}
