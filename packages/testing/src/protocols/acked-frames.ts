import { type Member, RealtimeError } from '@org/realtime-core/kit'

export interface Position {
  readonly epoch: string
  readonly offset: number
}

/** One message of a channel; offsets of an epoch have no holes. */
export interface Stored {
  readonly ev: string
  readonly data: unknown
  readonly off: number
  readonly id?: string
}

export type ClientFrame =
  | { readonly t: 'hello'; readonly token: string | undefined }
  | { readonly t: 'auth'; readonly token: string | undefined }
  | { readonly t: 'sub'; readonly chs: readonly { readonly ch: string; readonly from?: Position }[] }
  | { readonly t: 'unsub'; readonly ch: string }
  | {
      readonly t: 'pub'
      readonly id: string
      readonly ch: string
      readonly ev: string
      readonly ack: boolean
      readonly again: boolean
      readonly data: unknown
    }
  | { readonly t: 'ping' }
  | { readonly t: 'bye' }

export type ServerFrame =
  | { readonly t: 'welcome'; readonly idleMs: number; readonly answerMs: number }
  | { readonly t: 'denied'; readonly reason: string; readonly final: boolean }
  | ({ readonly t: 'subbed'; readonly ch: string; readonly recovered: boolean } & SubbedExtras)
  | { readonly t: 'refused'; readonly ch: string; readonly code: string; readonly retryMs?: number }
  | ({ readonly t: 'msg'; readonly ch: string; readonly ep: string } & Stored)
  | { readonly t: 'ack'; readonly id: string }
  | { readonly t: 'nack'; readonly id: string; readonly code: string }
  | { readonly t: 'in'; readonly ch: string; readonly member: Member }
  | { readonly t: 'out'; readonly ch: string; readonly id: string }
  | { readonly t: 'drain'; readonly ms: number }
  | { readonly t: 'later'; readonly ms: number }
  | { readonly t: 'expiring' }
  | { readonly t: 'pong' }

interface SubbedExtras {
  readonly at: Position
  readonly replay: readonly Stored[]
  readonly members?: readonly Member[]
  readonly me?: string
}

type Check = (value: unknown) => boolean

const text: Check = (value) => typeof value === 'string'
const count: Check = (value) => Number.isFinite(value)
const flag: Check = (value) => typeof value === 'boolean'
const list: Check = (value) => Array.isArray(value)
const object: Check = (value) => typeof value === 'object' && value !== null
const position: Check = (value) => has(value, { epoch: text, offset: count })

/** The fields that the protocol relies on, per type of frame. */
const shapes: Readonly<Record<ServerFrame['t'], Readonly<Record<string, Check>>>> = {
  welcome: { idleMs: count, answerMs: count },
  denied: { reason: text, final: flag },
  subbed: { ch: text, recovered: flag, at: position, replay: list },
  refused: { ch: text, code: text },
  msg: { ch: text, ep: text, ev: text, off: count },
  ack: { id: text },
  nack: { id: text, code: text },
  in: { ch: text, member: object },
  out: { ch: text, id: text },
  drain: { ms: count },
  later: { ms: count },
  expiring: {},
  pong: {},
}

/** Reads what the server sent. Throws `message.malformed` for anything that is not a whole frame. */
export function parseServerFrame(frame: string | Uint8Array): ServerFrame {
  const value = typeof frame === 'string' ? parse(frame) : undefined
  const shape = has(value, { t: text }) ? shapes[(value as ServerFrame).t] : undefined
  if (!shape || !has(value, shape))
    throw new RealtimeError('message.malformed', 'Frame is not one of this protocol', {})
  return value as ServerFrame
}

function parse(frame: string): unknown {
  try {
    return JSON.parse(frame)
  } catch {
    return undefined
  }
}

function has(value: unknown, shape: Readonly<Record<string, Check>>): boolean {
  return (
    object(value) &&
    Object.entries(shape).every(([key, check]) => check((value as Record<string, unknown>)[key]))
  )
}
