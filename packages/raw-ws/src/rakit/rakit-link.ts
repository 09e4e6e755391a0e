import { type Link, type LinkEvents, type LinkSession, RealtimeError, sizeOf } from '@org/realtime-core/kit'
import { DIRECT, isDirect } from '../direct.ts'
import { checkSize } from '../publish-frame.ts'
import { parseGreeting, parseRakitFrame } from './rakit-frames.ts'
import { ROOM, tell, toText } from './rakit-messages.ts'
import type { Roster } from './roster.ts'

/** The server cuts whom it has sent nothing, 5 s after it last heard anything from anybody. */
const BEAT_MS = 4000
const HEARTBEAT = '{"ping":1}'
/** The only question that every version answers: to everybody, so it is asked seldom. */
const ASK_MEMBERS = '{"command":"presence"}'
const ASK_AFTER_MS = 25_000
const ANSWER_MS = 5000

export interface RakitSettings {
  readonly maxOutgoingBytes: number
  readonly decodeMessages: boolean
}

/** One connection to a Rakit server. */
export function openRakitLink(
  session: LinkSession,
  events: LinkEvents,
  { maxOutgoingBytes, decodeMessages }: RakitSettings,
  roster: Roster,
): Link {
  const subscribed = new Set<string>()
  let isGreeted = false
  let asked = 0

  const greet = (text: string): void => {
    const own = parseGreeting(text)
    if (own === undefined) {
      const sentence = 'The first frame of a Rakit server names the client, and this one does not'
      return events.fail('retry', new RealtimeError('protocol.violation', sentence, {}))
    }
    isGreeted = true
    roster.greeted(link, events, own)
    events.ready({ heartbeat: { sendIdleMs: BEAT_MS, receiveIdleMs: ASK_AFTER_MS, answerMs: ANSWER_MS } })
  }

  const join = (channel: string): void => {
    const refuse = (why: string): void =>
      events.refused(channel, new RealtimeError('channel.rejected', why, { channel }))
    if (channel === ROOM || channel === DIRECT) return events.joined(channel)
    if (isDirect(channel)) return refuse(`Only ${ROOM} and ${DIRECT} can be listened to, not ${channel}`)
    const text = `{"event":"subscribe","channel":${JSON.stringify(channel)}}`
    if (sizeOf(text) > maxOutgoingBytes) return refuse('Its name is longer than the server takes')
    // There is no way to leave a channel, so it may be joined still.
    if (!subscribed.has(channel)) session.send(text)
    subscribed.add(channel)
    events.joined(channel)
  }

  const link: Link = {
    receive(frame) {
      if (typeof frame !== 'string')
        throw new RealtimeError('message.malformed', 'Rakit sends no binary frames', {})
      if (!isGreeted) return greet(frame)
      const read = parseRakitFrame(frame)
      if (read.kind !== 'presence') return tell(read, events, decodeMessages)
      roster.listed(link, read.members)
      if (!asked) return
      asked--
      events.pong()
    },
    ping() {
      asked++
      session.send(ASK_MEMBERS)
    },
    beat: () => session.send(HEARTBEAT),
    subscribe(requests) {
      for (const { key } of requests) join(key)
    },
    publish(message) {
      const text = toText(message)
      checkSize(text, maxOutgoingBytes, message)
      session.send(text)
      return 'sent'
    },
    goodbye: () => roster.forget(link),
    dispose: () => roster.ended(link),
  }
  return link
}
