import type { Config } from '../../config/load-config.ts'
import { toEnvName } from '../../config/option-row.ts'
import { DEFAULT } from '../../config/problem.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** Every mistake of the configuration, and what its values mean together. */
export function checkConfig({ problems, notes, settings }: Config): readonly Finding[] {
  const given = [...settings].filter(({ source }) => source !== undefined)
  const labels = [...new Set(given.map(({ source }) => source?.label))]
  const found = problems.map(({ option, source, message }) =>
    fail(
      `${option} ${message}`,
      source === DEFAULT ? `Set --${option}, or ${toEnvName(option)}` : `It is set by ${source}`,
    ),
  )
  const options = given.length === 1 ? '1 option' : `${given.length} options`
  const all = given.length > 0 ? `${options} given, by ${labels.join(', ')}` : 'nothing given, all default'
  return [...(found.length > 0 ? found : [ok(`configuration: ${all}`)]), ...notes.map((note) => warn(note))]
}
