import { readFileSync } from 'node:fs'
import { fromSoketi, isObject } from './from-soketi.ts'
import { findRow, isGroup, joinReadings, type Reading, readGiven, toProblem, toUnknown } from './given.ts'
import type { Source } from './problem.ts'

/** Reads a configuration file: an object of JSON, nested as the names of options are. */
export function readConfigFile(path: string): Reading {
  const source: Source = { kind: 'file', label: path }
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const what = error instanceof SyntaxError ? 'is no JSON' : 'cannot be read'
    return toProblem('--config', source, `${what}: ${reason}`)
  }
  if (!isObject(value)) return toProblem('--config', source, 'must hold an object')
  const { members, notes } = fromSoketi(value)
  return { ...readMembers('', members, source), notes: notes.map((note) => `${path}: ${note}`) }
}

function readMembers(prefix: string, members: object, source: Source): Reading {
  return joinReadings(
    Object.entries(members).map(([key, value]) => {
      const name = prefix + key
      if (isGroup(name) && isObject(value)) return readMembers(`${name}.`, value, source)
      const row = findRow(name)
      return row ? readGiven(row, value, 'json', source) : toUnknown(name, source)
    }),
  )
}
