import { parseBinaryFrame } from './binary-frame.ts'
import type { ClientFrame, ServerFrame } from './envelope.ts'

type Check = 'string' | 'number' | 'boolean' | 'object' | 'list'
type Shapes<F extends { readonly t: string }> = Readonly<Record<F['t'], Readonly<Record<string, Check>>>>

/** The members that are relied upon, per type of frame. */
const clientShapes: Shapes<ClientFrame> = {
  hello: { v: 'number' },
  auth: { token: 'string' },
  ping: {},
  bye: {},
  sub: { chs: 'list' },
  unsub: { ch: 'string' },
  pub: { ch: 'string', id: 'string', ev: 'string' },
  send: { to: 'string', id: 'string', ev: 'string' },
}

const position = { epoch: 'string', off: 'number' } as const

const serverShapes: Shapes<ServerFrame> = {
  welcome: { session: 'string', client: 'string', idleMs: 'number', answerMs: 'number', limits: 'object' },
  denied: { code: 'string', message: 'string', final: 'boolean' },
  authed: {},
  pong: {},
  expiring: { ms: 'number' },
  drain: { ms: 'number' },
  later: { ms: 'number' },
  error: { code: 'string', message: 'string' },
  subbed: { ch: 'string', ...position, recovered: 'boolean' },
  refused: { ch: 'string', code: 'string', message: 'string' },
  unsubbed: { ch: 'string' },
  msg: { ch: 'string', off: 'number', ev: 'string' },
  gap: { ch: 'string', ...position },
  join: { ch: 'string', member: 'object' },
  leave: { ch: 'string', id: 'string' },
  ack: { id: 'string' },
  nack: { id: 'string', code: 'string', message: 'string' },
  direct: { from: 'string', ev: 'string' },
}

/** What is wrong with a frame. */
export interface Bad {
  readonly bad: 'bad-frame' | 'unknown-type'
  readonly message: string
}

/** Reads a frame of a server. Never throws. */
export const parseServerFrame = (frame: string | Uint8Array): ServerFrame | Bad =>
  parse<ServerFrame>(frame, serverShapes)

/** Reads a frame of a client. Never throws. */
export const parseClientFrame = (frame: string | Uint8Array): ClientFrame | Bad =>
  parse<ClientFrame>(frame, clientShapes)

function parse<F extends { readonly t: string }>(frame: string | Uint8Array, shapes: Shapes<F>): F | Bad {
  const parts = typeof frame === 'string' ? { header: frame, payload: undefined } : parseBinaryFrame(frame)
  if (!parts) return { bad: 'bad-frame', message: 'Binary frame without a whole header' }
  let value: Record<string, unknown>
  try {
    value = JSON.parse(parts.header)
  } catch {
    return { bad: 'bad-frame', message: 'Frame is not JSON' }
  }
  const t = value?.['t']
  if (typeof t !== 'string') return { bad: 'bad-frame', message: 'Frame is not an object with a string `t`' }
  if (!Object.hasOwn(shapes, t))
    return { bad: 'unknown-type', message: `Frame of unknown type ${t.slice(0, 40)}` }
  const shape = shapes[t as F['t']]
  for (const name in shape) {
    if (!fits(value[name], shape[name] as Check))
      return { bad: 'bad-frame', message: `Frame ${t}: \`${name}\` must be a ${shape[name]}` }
  }
  if (parts.payload) {
    if (!('ev' in shape)) return { bad: 'bad-frame', message: `Frame ${t} must not be binary` }
    value['data'] = parts.payload
  }
  return value as unknown as F
}

function fits(value: unknown, check: Check): boolean {
  if (check === 'list') return Array.isArray(value)
  if (check === 'number') return Number.isFinite(value)
  return typeof value === check && value !== null
}
