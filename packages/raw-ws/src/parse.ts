import { parseBinaryFrame } from './binary-frame.ts'
import type { ClientFrame, ServerFrame, Welcome, WireMember } from './envelope.ts'

type Shapes<F extends { readonly t: string }> = Readonly<Record<F['t'], readonly string[]>>
type Check = (value: unknown) => boolean

/** The members that are relied upon, per type of frame. */
const clientShapes: Shapes<ClientFrame> = {
  hello: ['v'],
  auth: ['token'],
  ping: [],
  bye: [],
  sub: ['chs'],
  unsub: ['ch'],
  pub: ['ch', 'id', 'ev'],
  send: ['to', 'id', 'ev'],
}

const serverShapes: Shapes<ServerFrame> = {
  welcome: ['session', 'client', 'idleMs', 'answerMs', 'limits'],
  denied: ['code', 'message', 'final', 'retryMs'],
  authed: [],
  pong: [],
  expiring: ['ms'],
  drain: ['ms'],
  later: ['ms'],
  error: ['code', 'message'],
  subbed: ['ch', 'epoch', 'off', 'recovered', 'members'],
  refused: ['ch', 'code', 'message', 'retryMs'],
  unsubbed: ['ch'],
  msg: ['ch', 'off', 'ev'],
  gap: ['ch', 'epoch', 'off'],
  join: ['ch', 'member'],
  leave: ['ch', 'id'],
  ack: ['id'],
  nack: ['id', 'code', 'message', 'retryMs'],
  direct: ['from', 'ev'],
}

const isNumber: Check = (value) => Number.isFinite(value)
const isText: Check = (value) => typeof value === 'string'
const isFlag: Check = (value) => typeof value === 'boolean'
const isMember: Check = (value) => isText((value as WireMember | null)?.id)

/** A name means the same in every frame. What is not here is text. */
const checks: Readonly<Record<string, Check>> = {
  v: isNumber,
  off: isNumber,
  ms: isNumber,
  idleMs: isNumber,
  answerMs: isNumber,
  final: isFlag,
  recovered: isFlag,
  chs: Array.isArray,
  member: isMember,
  // These two may be left out.
  members: (value) => value === undefined || (Array.isArray(value) && value.every(isMember)),
  retryMs: (value) => value === undefined || isNumber(value),
  limits(value) {
    const limits = value as Welcome['limits'] | null
    return isNumber(limits?.frameBytes) && isNumber(limits?.joins)
  },
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
  const binary = typeof frame === 'string' ? undefined : parseBinaryFrame(frame)
  const value = parseJson(binary ? binary.header : frame)
  const t = value?.['t'] as F['t']
  if (!value || !isText(t)) return toBad('Frame is no JSON object with a type')
  if (!Object.hasOwn(shapes, t)) return toBad(`Frame is of unknown type ${t.slice(0, 40)}`, 'unknown-type')
  const shape = shapes[t]
  for (const name of shape)
    if (!(checks[name] ?? isText)(value[name])) return toBad(`Frame ${t} has no fitting member ${name}`)
  if (binary) {
    if (!shape.includes('ev')) return toBad(`Frame ${t} must not be binary`)
    value['data'] = binary.payload
  }
  return value as unknown as F
}

function parseJson(text: unknown): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text as string)
  } catch {
    return undefined
  }
}

const toBad = (message: string, bad: Bad['bad'] = 'bad-frame'): Bad => ({ bad, message })
