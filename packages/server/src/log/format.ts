import type { LogEntry, LogLevel } from './log-options.ts'

export type Format = (entry: LogEntry) => string

export const toJsonLine: Format = ({ at, ...fields }) =>
  `${JSON.stringify({ time: new Date(at).toISOString(), ...fields })}\n`

const COLOURS: Readonly<Record<LogLevel, string>> = {
  error: '\x1b[31m',
  warn: '\x1b[33m',
  info: '\x1b[36m',
  debug: '\x1b[2m',
}
const PLAIN = '\x1b[0m'
const EVENT_WIDTH = 11

/** For people: local time, and fields as `name=value`. */
export function createTextFormat(isColoured: boolean): Format {
  return ({ at, level, event, ...fields }) => {
    const time = new Date(at).toTimeString().slice(0, 8)
    const millis = `${at % 1000}`.padStart(3, '0')
    const word = level.padEnd(5)
    const shown = isColoured ? `${COLOURS[level]}${word}${PLAIN}` : word
    const { stack, ...short } = fields
    const pairs = Object.entries(short)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${toText(value)}`)
    const line = `${time}.${millis} ${shown} ${[event.padEnd(EVENT_WIDTH), ...pairs].join(' ').trimEnd()}\n`
    return typeof stack === 'string' ? `${line}${indent(stack)}\n` : line
  }
}

/** Without control characters, which a terminal would obey. */
function indent(stack: string): string {
  return stack.replace(/[^\P{Cc}\n]/gu, '').replace(/^/gm, '    ')
}

/** Quoted where it could be taken for more than one value, and never over several lines. */
function toText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return typeof value !== 'string' || /^[\w.:/@#+*[\]-]+$/.test(text) ? text : JSON.stringify(text)
}
