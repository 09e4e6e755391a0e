import type { ChannelTable } from '../authorize.ts'
import type { IngestOptions } from '../ingest/ingest-options.ts'
import type { ServerOptions } from '../options.ts'
import type { PusherApp } from '../pusher/app.ts'

export type Mode = NonNullable<ServerOptions['mode']>

export type Value =
  | string
  | number
  | boolean
  | readonly string[]
  | readonly PusherApp[]
  | ChannelTable
  | IngestOptions['sources']

export type Accepts =
  | { readonly kind: 'number'; readonly least: number; readonly most: number }
  | { readonly kind: 'word'; readonly words: readonly string[] }
  | { readonly kind: 'switch' }
  | { readonly kind: 'text'; readonly what: string; readonly pattern?: RegExp }
  | { readonly kind: 'list'; readonly what: string; readonly words: readonly string[] }
  | { readonly kind: 'table' }
  | { readonly kind: 'apps' }
  | { readonly kind: 'sources' }

/** What several options accept. */
export const SWITCH = { kind: 'switch' } as const
export const FILE = { kind: 'text', what: 'the path of a file' } as const

/** One option of the command: where its name, default, range and help come from, in the program and in the pages. */
export interface OptionRow {
  /** Its path in a file, and its flag. */
  readonly name: string
  readonly accepts: Accepts
  /** Undefined for none. Some depend on the mode. */
  readonly fallback: Value | Readonly<Record<Mode, Value>> | undefined
  readonly help: string
  readonly isSecret?: true
  /** Other names in the environment, of programs that this one takes the place of. */
  readonly aliases?: readonly string[]
}

export function fallbackOf({ fallback }: OptionRow, mode: Mode): Value | undefined {
  const isByMode = typeof fallback === 'object' && 'development' in fallback
  return isByMode ? (fallback as Readonly<Record<Mode, Value>>)[mode] : (fallback as Value | undefined)
}

/** `limits.frameBytes` is `REALTIME_LIMITS_FRAME_BYTES`. */
export function toEnvName(name: string): string {
  const words = name.replaceAll('.', '_').replace(/([a-z0-9])([A-Z])/g, '$1_$2')
  return `REALTIME_${words.toUpperCase()}`
}

/** What an option accepts, as refusals and pages say it. */
export function describeAccepts(accepts: Accepts): string {
  switch (accepts.kind) {
    case 'number':
      return `a ${isWhole(accepts) ? 'whole ' : ''}number from ${accepts.least} to ${toShown(accepts.most)}`
    case 'word':
      return accepts.words.length > 1 ? `one of ${accepts.words.join(', ')}` : `${accepts.words[0]}`
    case 'switch':
      return 'true or false'
    case 'text':
      return accepts.what
    case 'list':
      return [...accepts.words, accepts.what].join(', or ')
    case 'table':
      return 'an object of patterns, each true or an object of grants'
    case 'sources':
      return 'an object of sources by their names'
    case 'apps':
      return 'a list of objects with `id`, `key` and `secret`'
  }
}

/** A number that begins at a fraction may be one. */
export function isWhole({ least }: { readonly least: number }): boolean {
  return Number.isInteger(least)
}

const toShown = (most: number): string => (most === Infinity ? 'Infinity' : `${most}`)

/** The default, as help and pages say it. */
export function describeFallback({ fallback }: OptionRow): string {
  if (fallback === undefined) return 'none'
  if (typeof fallback === 'object' && 'development' in fallback)
    return `${show(fallback['development'])} in development, ${show(fallback['production'])} in production`
  return show(fallback)
}

function show(value: unknown): string {
  if (Array.isArray(value) && value.length === 0) return 'none'
  return value === '' ? 'empty' : `${value}`
}
