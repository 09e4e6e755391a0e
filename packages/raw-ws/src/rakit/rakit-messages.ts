import { type LinkEvents, type Meta, type OutgoingMessage, RealtimeError } from '@org/realtime-core/kit'
import { DIRECT, isDirect } from '../direct.ts'
import { isObject, parseJson, type RakitFrame } from './rakit-frames.ts'

/** The logical channel of what goes to everybody. */
export const ROOM = '@room'

/** What comes with a message of Rakit. */
export interface RakitMeta extends Meta {
  /** Id of who sent it; nothing where Rakit does not say. */
  from?: string
  /** Anybody in the room can make a message look as if the server or somebody else had sent it. */
  trusted: false
}

/** Tells a message under the logical name of its channel. */
export function tell(
  frame: Exclude<RakitFrame, { kind: 'presence' }>,
  events: LinkEvents,
  decodes: boolean,
): void {
  const say = (channel: string, event: string, payload: unknown, from?: string): void => {
    const meta: RakitMeta = { channel, event, trusted: false, ...(from !== undefined && { from }) }
    events.message(channel, event, payload, meta)
  }
  if (frame.kind === 'text') return say(ROOM, 'text', frame.text)
  if (frame.kind === 'channel') return say(frame.channel, 'message', frame.data, frame.from)
  const { text, from } = frame
  const inner = /^[[{]/.test(text) ? parseJson(text) : undefined
  const isForAll = isObject(inner) && Object.keys(inner).join() === 'message'
  const value = isForAll ? (inner as { readonly message: unknown }).message : (inner ?? text)
  say(isForAll ? ROOM : DIRECT, 'message', decodes ? value : text, from)
}

/** The text that brings a message where its channel and event say. */
export function toText(message: OutgoingMessage): string {
  const { id, key: channel, event } = message
  const json = `${message.payload}`
  const isText = json[0] === '"'
  const refuse = (why: string): never => {
    throw new RealtimeError('publish.refused', `Rakit ${why}`, { channel, event, id })
  }
  const to = JSON.stringify(isDirect(channel) ? channel.slice(1) : channel)
  if (event === 'text') {
    // Rakit fails over what is no string, and then sends the whole of it to everybody.
    if (!isText) refuse('sends as bare text nothing but strings')
    if (channel === ROOM) return `{"command":"broadcast","message":${json}}`
    return isDirect(channel)
      ? `{"command":"private_message","to":${to},"message":${json}}`
      : `{"command":"broadcast_to_channel","channel":${to},"message":${json}}`
  }
  if (event !== 'message') refuse(`has the events message and text, not ${event}`)
  if (channel === ROOM) return `{"message":${json}}`
  if (isDirect(channel)) {
    if (!isText && !/^[[{]/.test(json)) refuse('sends strings, objects and lists to one client, nothing else')
    return `{"to":${to},"message":${isText ? json : JSON.stringify(json)}}`
  }
  if (json === 'null') refuse('drops null in silence')
  return `{"event":"message","channel":${to},"data":${json}}`
}
