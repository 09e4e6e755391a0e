import { joinReadings, type Reading, readGiven, toUnknown } from './given.ts'
import { toEnvName } from './option-row.ts'
import { optionTable } from './option-table.ts'

export type Env = Readonly<Record<string, string | undefined>>

const PREFIX = 'REALTIME_'
/** Names the file, so it is read before all others. */
export const CONFIG_VARIABLE = 'REALTIME_CONFIG'

/** Reads the options that are set in the environment; an empty one counts as not set. */
export function readEnv(env: Env): Reading {
  const own = Object.entries(env).filter(
    ([name, text]) => name.startsWith(PREFIX) && text && name !== CONFIG_VARIABLE,
  )
  const readings = own.map(([name, text]) => {
    const row = optionTable.find((candidate) => toEnvName(candidate.name) === name)
    const source = { kind: 'env', label: name } as const
    return row
      ? readGiven(row, text, 'text', source)
      : toUnknown(name.slice(PREFIX.length), source, toEnvName)
  })
  return joinReadings([readAliases(env), ...readings])
}

/** They come first, so that our own names win. */
function readAliases(env: Env): Reading {
  return joinReadings(
    optionTable.flatMap((row) =>
      (row.aliases ?? [])
        .filter((name) => env[name])
        .map((name) => readGiven(row, env[name], 'text', { kind: 'env', label: name })),
    ),
  )
}
