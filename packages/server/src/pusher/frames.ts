import { type ServerFrame, writeServerFrame } from '@org/realtime-pusher/codec'
import type { Stored } from '../adapter.ts'
import type { Traits } from './dialect.ts'

type Event = Pick<Stored, 'event' | 'payload' | 'member'>

/** Of a fan-out every connection gets the same frame, one after the other: it is written for the first. */
let last: { readonly event: Event; readonly order: Traits['order']; readonly frame: string } | undefined

/** An event of the app. Its payload is the JSON of `data`. */
export function encodeEvent(channel: string, event: Event, order: Traits['order']): string {
  if (last?.event === event && last.order === order) return last.frame
  const name = JSON.stringify(channel)
  const data = event.payload === undefined ? '' : `,"data":${event.payload}`
  const members = order === 'channel-data' ? `,"channel":${name}${data}` : `${data},"channel":${name}`
  const user = event.member === undefined ? '' : `,"user_id":${JSON.stringify(event.member)}`
  const frame = `{"event":${JSON.stringify(event.event)}${members}${user}}`
  last = { event, order, frame }
  return frame
}

/** A frame of the protocol itself. */
export function encode(frame: ServerFrame, traits: Traits): string {
  const isError = frame.event === 'pusher:error' || frame.event === 'pusher:subscription_error'
  return writeServerFrame(frame, isError ? traits.errors : 'string')
}
