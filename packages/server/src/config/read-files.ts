import { readFileSync } from 'node:fs'
import { type ConfigProblem, throwProblems } from './problem.ts'
import type { Settings } from './settings.ts'

/**
 * What is in the files that these options name.
 * @throws ServerError `config.invalid` for those that cannot be read
 */
export function readFiles<N extends string>(
  settings: Settings,
  group: string,
  names: readonly N[],
): { readonly [K in N]?: Buffer } {
  const problems: ConfigProblem[] = []
  const entries = names.flatMap((name) => {
    const option = `${group}.${name}`
    const path = settings.get<string>(option)
    if (path === undefined) return []
    try {
      return [[name, readFileSync(path)]]
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const source = settings.source(option)?.label ?? ''
      problems.push({ option, source, message: `cannot be read: ${reason}` })
      return []
    }
  })
  throwProblems(problems)
  return Object.fromEntries(entries) as { [K in N]?: Buffer }
}
