import type { Member, Message, Stored } from '../adapter.ts'

const NEWLINE = 0x0a

/** What nodes tell each other about the messages of a channel. */
export type MessageChange =
  | { readonly kind: 'message'; readonly epoch: string; readonly off: number; readonly body: Buffer }
  | { readonly kind: 'moved'; readonly epoch: string; readonly off: number }

/** What they tell each other about its members. */
export type MemberChange =
  | { readonly kind: 'joined'; readonly version: number; readonly member: Member; readonly holder: string }
  | { readonly kind: 'left'; readonly version: number; readonly id: string }

/** Undefined for what a newer node may say. */
export function parseHeard(bytes: Buffer): MessageChange | MemberChange | undefined {
  const end = bytes.indexOf(NEWLINE)
  const [kind, first = '', second = ''] = bytes.toString('utf8', 0, end).split(' ')
  const body = bytes.subarray(end + 1)
  if (kind === 'm') return { kind: 'message', epoch: first, off: Number(second), body }
  if (kind === 'v') return { kind: 'moved', epoch: first, off: Number(second) }
  if (kind === 'l') return { kind: 'left', version: Number(first), id: body.toString() }
  if (kind !== 'j') return undefined
  return { kind: 'joined', version: Number(first), ...(JSON.parse(body.toString()) as JoinedBody) }
}

interface JoinedBody {
  readonly member: Member
  readonly holder: string
}

export const encodeJoined = (joined: JoinedBody): string => JSON.stringify(joined)

/** A line of JSON that says what it is, and then the payload as it is. */
export function encodeMessage({ event, payload, id, from, member, isKept, key, isRemoval }: Message): Buffer {
  const kind = payload === undefined ? 'none' : typeof payload === 'string' ? 'text' : 'bytes'
  const head = JSON.stringify({ kind, event, id, from, member, isKept, key, isRemoval })
  return Buffer.concat([Buffer.from(`${head}\n`), Buffer.from(payload ?? '')])
}

export function decodeMessage(bytes: Buffer): Message {
  const end = bytes.indexOf(NEWLINE)
  const { kind, ...head } = JSON.parse(bytes.toString('utf8', 0, end)) as Omit<Message, 'payload'> & {
    readonly kind: 'none' | 'text' | 'bytes'
  }
  const rest = bytes.subarray(end + 1)
  return { ...head, payload: kind === 'none' ? undefined : kind === 'text' ? rest.toString() : rest }
}

/** One value of a channel: its place, and then the message. */
export function parseValue(bytes: Buffer): Stored {
  const end = bytes.indexOf(NEWLINE)
  const [epoch = '', off] = bytes.toString('utf8', 0, end).split(' ')
  return toStored(epoch, Number(off), bytes.subarray(end + 1))
}

export const toStored = (epoch: string, off: number, body: Buffer): Stored => ({
  ...decodeMessage(body),
  epoch,
  off,
})
