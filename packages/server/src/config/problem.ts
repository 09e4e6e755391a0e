import { ServerError } from '../errors.ts'

/** Where a value came from: the path of a file, the name of a variable, a flag. */
export interface Source {
  readonly kind: 'file' | 'env' | 'flag'
  /** As people know it: `realtime.json`, `REALTIME_PORT`, `--port`. */
  readonly label: string
}

/** The source of what nobody gave. */
export const DEFAULT = 'default'

/** Something wrong in a configuration. */
export interface ConfigProblem {
  readonly option: string
  readonly source: string
  /** What is wrong, and what to do. */
  readonly message: string
}

/** @throws ServerError `config.invalid` with all of them, when there are any */
export function throwProblems(problems: readonly ConfigProblem[]): void {
  if (problems.length === 0) return
  const lines = problems.map(({ option, source, message }) => `\n- ${option} (${source}): ${message}`)
  const count = problems.length === 1 ? 'A mistake' : `${problems.length} mistakes`
  throw new ServerError('config.invalid', `${count} in the configuration:${lines.join('')}`, { problems })
}
