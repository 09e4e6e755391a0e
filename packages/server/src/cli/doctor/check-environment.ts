import { type Finding, warn } from './finding.ts'

const MOST_NAMES = 3

/** Variables of another server, which nobody reads here. */
export function checkEnvironment(env: Readonly<Record<string, string | undefined>>): readonly Finding[] {
  const names = Object.keys(env).filter((name) => name.startsWith('SOKETI_'))
  if (names.length === 0) return []
  const rest = names.length - MOST_NAMES
  const shown = names.slice(0, MOST_NAMES).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
  return [
    warn(
      `${shown} ${names.length === 1 ? 'is' : 'are'} set, and not read`,
      'Variables begin with REALTIME_ here; those of Laravel, PUSHER_ and REVERB_, are read as well',
    ),
  ]
}
