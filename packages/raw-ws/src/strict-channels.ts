import { type LinkEvents, type Member, RealtimeError, type SubscribeRequest } from '@org/realtime-core/kit'
import { DIRECT } from './direct.ts'
import {
  type ClientFrame,
  type Direct,
  LEAST_RETRY_MS,
  type Msg,
  type Position,
  type SubRequest,
} from './envelope.ts'
import type { Handlers } from './strict-link.ts'
import type { StrictMeta } from './strict-protocol.ts'

/** Where a channel is. */
interface Place extends Position {
  off: number
  /** The newest link that has joined it: what an older one still says of it is no news. */
  readonly owner: unknown
}

/** Of all channels, by name; outlives links. */
export type Places = Map<string, Place>

/** The channels of one link. */
export function createChannels(places: Places, events: LinkEvents, send: (frame: ClientFrame) => void) {
  /** How many `unsub` of a channel are unanswered: answers to an earlier `sub` mean nothing any more. */
  const leaving = new Map<string, number>()
  let self: object | undefined = {}

  /** The place of a channel of which this link may speak. */
  const placeOf = (ch: string): Place | undefined => {
    const place = places.get(ch)
    return place?.owner === self ? place : undefined
  }

  const tell = (channel: string, { ev: event, data, id, from }: Msg | Direct, place?: Place): void => {
    const meta: StrictMeta = { channel, event, id, from }
    if (place) {
      meta.offset = place.off
      meta.epoch = place.epoch
    }
    events.message(channel, event, data, meta, data instanceof Uint8Array ? copy : undefined)
  }

  const handlers: Pick<
    Handlers,
    'subbed' | 'refused' | 'unsubbed' | 'msg' | 'direct' | 'gap' | 'join' | 'leave'
  > = {
    subbed({ ch, epoch, off, recovered, members, me }) {
      if (leaving.has(ch)) return
      const known = places.get(ch)
      const last = known?.epoch === epoch ? known.off : undefined
      const isWhole = recovered && last !== undefined
      // The older link of a handover may have delivered more than this one was told of.
      places.set(ch, { epoch, off: isWhole ? last : Math.max(off, last ?? 0), owner: self })
      events.joined(ch, { continuity: isWhole ? 'complete' : 'unknown' })
      if (members) events.members(ch, { all: members as Member[], ...(me !== undefined && { me }) })
    },
    refused({ ch: channel, code, message, retryMs }) {
      if (leaving.has(channel)) return
      const error = new RealtimeError('channel.rejected', `Server: ${message}`, { channel, code })
      events.refused(channel, error, retryMs !== undefined && { afterMs: Math.max(retryMs, LEAST_RETRY_MS) })
    },
    unsubbed({ ch }) {
      const others = (leaving.get(ch) ?? 0) - 1
      if (others > 0) leaving.set(ch, others)
      else leaving.delete(ch)
    },
    msg(frame) {
      const { ch, off } = frame
      const place = placeOf(ch)
      if (!place || off <= place.off) return
      if (off > place.off + 1) {
        events.gap(ch, 'unknown')
        // Who was told may have ended the link: then this message was not delivered.
        if (!self) return
      }
      place.off = off
      tell(ch, frame, place)
    },
    direct: (frame) => tell(DIRECT, frame),
    gap({ ch, epoch, off }) {
      const place = placeOf(ch)
      if (!place || (place.epoch === epoch && off <= place.off)) return
      places.set(ch, { epoch, off, owner: self })
      events.gap(ch, 'unknown')
    },
    join({ ch, member }) {
      if (placeOf(ch)) events.members(ch, { joined: member as Member })
    },
    leave({ ch, id }) {
      if (placeOf(ch)) events.members(ch, { left: id })
    },
  }

  return {
    handlers,
    /** `joins`: how many go into one frame. */
    subscribe(requests: readonly SubscribeRequest[], joins: number) {
      const chs: SubRequest[] = []
      for (const { key: ch, recover } of requests) {
        // The server sends these to whoever is connected, and refuses those of others.
        if (ch === DIRECT) events.joined(ch)
        else {
          if (!recover) places.delete(ch)
          const { epoch, off } = places.get(ch) ?? {}
          chs.push({ ch, epoch, off })
        }
      }
      while (chs.length) send({ t: 'sub', chs: chs.splice(0, Math.max(1, joins)) })
    },
    unsubscribe(ch: string) {
      if (ch === DIRECT) return
      places.delete(ch)
      leaving.set(ch, (leaving.get(ch) ?? 0) + 1)
      send({ t: 'unsub', ch })
    },
    /** From here on nothing counts as delivered. */
    dispose() {
      self = undefined
    },
  }
}

/** The bytes of a frame are its transport's again once the frame has been handled. */
const copy = (bytes: unknown): Uint8Array => new Uint8Array(bytes as Uint8Array)
