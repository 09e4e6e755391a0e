import { REDACTED } from '../log/redact.ts'
import type { Setting, Settings } from './settings.ts'

const INDENT = 14
const WIDTH = 80

/** Every option with its value, without secrets; for the log. */
export function toConfigFields(settings: Settings): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...settings].map((setting) => [setting.row.name, toShown(setting)]))
}

/** Where each value that is no default came from. */
export function toConfigSources(settings: Settings): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...settings].flatMap(({ row, source }) => (source ? [[row.name, source.label]] : [])),
  )
}

/** All of it as lines for people: groups on a line each, then what is no default. */
export function describeConfig(settings: Settings): readonly string[] {
  const groups = new Map<string, string[]>()
  for (const setting of settings) {
    if (setting.value === undefined) continue
    const [group, key] = split(setting.row.name)
    groups.set(group, [...(groups.get(group) ?? []), `${key} ${toText(setting)}`])
  }
  const given = [...settings].filter(({ source }) => source !== undefined)
  return [
    ...[...groups].flatMap(([group, pairs]) => toLines(group, pairs)),
    ...(given.length > 0 ? ['given:'] : ['nothing was given: all of this is default']),
    ...given.map((setting) => `  ${setting.row.name} = ${toText(setting)}   (${setting.source?.label})`),
  ]
}

function toLines(group: string, pairs: readonly string[]): readonly string[] {
  const lines = ['']
  for (const pair of pairs) {
    const last = lines.at(-1) ?? ''
    const longer = last === '' ? pair : `${last}, ${pair}`
    if (longer.length <= WIDTH) lines.splice(-1, 1, longer)
    else lines.push(pair)
  }
  return lines.map((line, index) => `${(index === 0 ? group : '').padEnd(INDENT)}${line}`)
}

function split(name: string): readonly [group: string, key: string] {
  const dot = name.indexOf('.')
  return dot < 0 ? ['server', name] : [name.slice(0, dot), name.slice(dot + 1)]
}

function toShown({ row, value }: Setting): unknown {
  return row.isSecret && value !== undefined ? REDACTED : value
}

function toText(setting: Setting): string {
  const shown = toShown(setting)
  if (Array.isArray(shown)) return shown.length === 0 ? 'none' : shown.join(' ')
  return typeof shown === 'object' ? JSON.stringify(shown) : shown === '' ? "''" : `${shown}`
}
