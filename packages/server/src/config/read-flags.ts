import { findRow, joinReadings, type Reading, readGiven, toProblem, toUnknown } from './given.ts'

/** Flags that are no options of the server. */
export interface Flags extends Reading {
  readonly config: string | undefined
  readonly switches: ReadonlySet<string>
}

/** Reads `--name=value` and `--name value`; a switch alone is on. `switches` are known besides the options. */
export function readFlags(args: readonly string[], switches: readonly string[]): Flags {
  const found = new Set<string>()
  const readings: Reading[] = []
  let config: string | undefined
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? ''
    const [, name = '', inline] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? []
    const source = { kind: 'flag', label: name ? `--${name}` : arg } as const
    if (switches.includes(name) && inline === undefined) {
      found.add(name)
      continue
    }
    const row = findRow(name)
    if (!row && name !== 'config') {
      readings.push(name ? toUnknown(name, source, (own) => `--${own}`) : toStray(arg))
      // What stands behind it was meant for it.
      if (inline === undefined && !args[index + 1]?.startsWith('-')) index++
      continue
    }
    const isBare =
      inline === undefined && row?.accepts.kind === 'switch' && !/^(true|false)$/.test(args[index + 1] ?? '')
    const text = isBare ? 'true' : (inline ?? args[++index])
    if (text === undefined) readings.push(toProblem(name, source, 'needs a value'))
    else if (row) readings.push(readGiven(row, text, 'text', source))
    else config = text
  }
  return { config, switches: found, ...joinReadings(readings) }
}

function toStray(arg: string): Reading {
  return toProblem(
    arg,
    { kind: 'flag', label: 'command line' },
    'is not understood: options are `--name=value`',
  )
}
