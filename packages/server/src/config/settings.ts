import type { Given } from './given.ts'
import { fallbackOf, type Mode, type OptionRow, type Value } from './option-row.ts'
import { optionTable } from './option-table.ts'
import type { Source } from './problem.ts'

/** One option with its value, and who gave it; nobody for a default. */
export interface Setting {
  readonly row: OptionRow
  readonly value: Value | undefined
  readonly source: Source | undefined
}

/** Every option, resolved. */
export class Settings implements Iterable<Setting> {
  readonly #settings: ReadonlyMap<string, Setting>

  /** @param given the later ones win */
  constructor(given: readonly Given[], env: Readonly<Record<string, string | undefined>>) {
    const last = new Map<string, Setting>(given.map((each) => [each.row.name, each]))
    const isProduction = env['NODE_ENV'] === 'production'
    const mode = (last.get('mode')?.value ?? (isProduction ? 'production' : 'development')) as Mode
    const byEnv: Source | undefined = isProduction ? { kind: 'env', label: 'NODE_ENV' } : undefined
    this.#settings = new Map(
      optionTable.map((row) => {
        const fallback =
          row.name === 'mode'
            ? { row, value: mode, source: byEnv }
            : { row, value: fallbackOf(row, mode), source: undefined }
        return [row.name, last.get(row.name) ?? fallback]
      }),
    )
  }

  [Symbol.iterator](): Iterator<Setting> {
    return this.#settings.values()
  }

  get<T extends Value = Value>(name: string): T | undefined {
    return this.#settings.get(name)?.value as T | undefined
  }

  /** Who gave it. */
  source(name: string): Source | undefined {
    return this.#settings.get(name)?.source
  }

  /** The options of a group by their last name, without those that have no value. */
  group(group: string): Readonly<Record<string, Value>> {
    const own = [...this].filter(({ row, value }) => row.name.startsWith(`${group}.`) && value !== undefined)
    return Object.fromEntries(own.map(({ row, value }) => [row.name.slice(group.length + 1), value as Value]))
  }
}
