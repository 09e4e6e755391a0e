import type { Faults } from '../faults/board.ts'
import type { FaultRule } from '../faults/rule.ts'
import { HttpProblem } from '../json-http.ts'

const MOST = 100

/** A rule that holds, by its number. */
export interface HeldFault {
  readonly id: string
  readonly rule: FaultRule
}

/** The rules that came by `/_control`, each with a name to take it back by. */
export class ControlFaults {
  readonly #faults: Faults
  readonly #held = new Map<string, { readonly rule: FaultRule; readonly remove: () => void }>()
  #count = 0

  constructor(faults: Faults) {
    this.#faults = faults
  }

  /** @throws ServerError `option.invalid` that names the member and what it accepts */
  add(given: unknown): HeldFault {
    if (this.#held.size >= MOST) this.#dropSpent()
    if (this.#held.size >= MOST) throw new HttpProblem(409, 'limit', `There are ${MOST} faults: remove some`)
    const remove = this.#faults.add(given as FaultRule)
    const rule = given as FaultRule
    const id = `${++this.#count}`
    this.#held.set(id, { rule, remove })
    return { id, rule }
  }

  /** Tells whether it was there. */
  remove(id: string): boolean {
    this.#held.get(id)?.remove()
    return this.#held.delete(id)
  }

  /** Those of which something may come yet. */
  list(): readonly HeldFault[] {
    return [...this.#held].flatMap(([id, { rule }]) => (this.#faults.isSpent(rule) ? [] : [{ id, rule }]))
  }

  clear(): void {
    for (const id of [...this.#held.keys()]) this.remove(id)
  }

  #dropSpent(): void {
    for (const [id, { rule }] of [...this.#held]) if (this.#faults.isSpent(rule)) this.remove(id)
  }
}
