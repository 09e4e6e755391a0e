import type { Clock } from '../clock.ts'
import { Armed, type Happening } from './armed.ts'
import { parseFaultRule } from './parse-rule.ts'
import { Recorder, type Recording } from './recording.ts'
import type { FaultMoment, FaultRule } from './rule.ts'

/** Faults on demand. */
export interface Faults {
  /**
   * From now on the rule holds; returns its removal, which lets go of what it held back.
   * @throws ServerError `option.invalid` that names the member and what it accepts
   */
  add(rule: FaultRule): () => void
  /** The rules that hold, the oldest first. */
  list(): readonly FaultRule[]
  /** Whether nothing comes of a rule any more: it is done, has struck as often as it may, or was removed. */
  isSpent(rule: FaultRule): boolean
  /** Removes all. */
  clear(): void
  /** Notes what clients publish from now on. */
  record(options?: { readonly most?: number }): Recording
}

/** What carries a rule out that strikes at once. */
export type Carry = (armed: Armed<'now'>) => void

/** The same, as the parts of the server ask it. */
export class FaultBoard implements Faults {
  readonly clock: Clock
  readonly recorder = new Recorder()
  readonly #armed: { readonly [A in FaultMoment]: Armed<A>[] } = {
    upgrade: [],
    open: [],
    now: [],
    frame: [],
    hello: [],
    welcome: [],
    join: [],
    publish: [],
  }
  #carry: Carry = () => {}
  #count = 0

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** True while no rule holds: the one thing that is asked all the time. */
  get isIdle(): boolean {
    return !this.#count
  }

  onNow(carry: Carry): void {
    this.#carry = carry
  }

  add(given: FaultRule): () => void {
    const rule = parseFaultRule(given)
    const armed = new Armed(rule)
    const list: Armed[] = this.#armed[rule.at]
    list.push(armed)
    this.#count++
    if (rule.at === 'now') this.#carry(armed as Armed<'now'>)
    // What is done with at once leaves nothing to hold.
    if (rule.at === 'now' && !armed.isHolding) this.#remove(list, armed)
    return () => this.#remove(list, armed)
  }

  list(): readonly FaultRule[] {
    return this.#all().map(({ rule }) => rule)
  }

  isSpent(rule: FaultRule): boolean {
    return this.#all().every((armed) => armed.rule !== rule || armed.isSpent)
  }

  clear(): void {
    for (const list of Object.values(this.#armed) as Armed[][])
      for (const armed of [...list]) this.#remove(list, armed)
  }

  record({ most = 100_000 }: { readonly most?: number } = {}): Recording {
    return this.recorder.start(most)
  }

  /** The rule that strikes now; all that are about it count it. */
  strike<A extends FaultMoment>(at: A, happening: Happening): Armed<A> | undefined {
    const [first] = (this.#armed[at] as Armed<A>[]).filter((armed) => armed.meets(happening))
    return first
  }

  #all(): readonly Armed[] {
    return Object.values(this.#armed).flatMap((all: readonly Armed[]) => all)
  }

  #remove(list: Armed[], armed: Armed): void {
    const index = list.indexOf(armed)
    if (index < 0) return
    list.splice(index, 1)
    this.#count--
    armed.end()
  }
}
