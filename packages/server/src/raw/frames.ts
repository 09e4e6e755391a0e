import { type Msg, type ServerFrame, toBinaryFrame } from '@org/realtime-raw-ws/codec'
import type { Message, Stored } from '../adapter.ts'
import type { Frame } from '../wire.ts'

export const encode = (frame: ServerFrame): string => JSON.stringify(frame)

let last: Stored | undefined
let lastFrame: Frame = ''

/** Everybody in a channel gets the same frame, one after the other: it is made for the first. */
export function encodeMsg(ch: string, stored: Stored): Frame {
  if (stored !== last) {
    const { off, event: ev, id, from } = stored
    const head: Msg = { t: 'msg', ch, off, ev, ...toNames(id, from) }
    lastFrame = join(head, stored.payload)
    last = stored
  }
  return lastFrame
}

export const encodeDirect = ({ event: ev, id, from = '', payload }: Message): Frame =>
  join({ t: 'direct', from, ev, ...toNames(id, undefined) }, payload)

const toNames = (id: string | undefined, from: string | undefined): { id?: string; from?: string } => ({
  ...(id !== undefined && { id }),
  ...(from !== undefined && { from }),
})

/** The payload is JSON, or bytes, already. */
function join(head: ServerFrame, payload: Message['payload']): Frame {
  const text = JSON.stringify(head)
  if (payload === undefined) return text
  return typeof payload === 'string'
    ? `${text.slice(0, -1)},"data":${payload}}`
    : toBinaryFrame(text, payload)
}
