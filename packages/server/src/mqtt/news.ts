import { decode, encode } from '@org/realtime-mqtt/codec'
import type { Message as Told } from '../adapter.ts'
import type { Clock } from '../clock.ts'
import { Message } from './message.ts'

/** So many share a filter on a node. */
export interface Sharing {
  readonly kind: 'share'
  readonly filter: string
  readonly node: string
  readonly count: number
}

/** What nodes tell each other of MQTT. */
export type News =
  | { readonly kind: 'publish'; readonly message: Message }
  /** It is retained again, because Redis has lost it; or no longer, without a payload. */
  | { readonly kind: 'kept'; readonly message: Message }
  /** For one of those who share a filter, because another has left it. */
  | { readonly kind: 'pass'; readonly filter: string; readonly message: Message }
  | Sharing

/** What is said beside the packet; `until` is when the message is over. */
type Head = { readonly kind: News['kind']; readonly until?: number } & Partial<Omit<Sharing, 'kind'>>

type Time = Pick<Clock, 'now' | 'date'>

/** A message is written as the packet that it came in. */
export function encodeNews(news: News, clock: Time): Told {
  if (news.kind === 'share') return encodeSharing(news)
  const { message, ...rest } = news
  const { expiresAt, qos, retain, from } = message
  const now = clock.now()
  const until = expiresAt === undefined ? undefined : clock.date() + expiresAt - now
  const packet = message.toPublish({ message, qos, retain }, qos && 1, false, now)
  return {
    event: JSON.stringify({ ...rest, until }),
    payload: encode(packet, 5),
    ...(from !== undefined && { from }),
    ...(retain && news.kind !== 'pass' && toKey(message)),
  }
}

/** Of how many share a filter on a node, the newest holds. */
const encodeSharing = (sharing: Sharing): Told => ({
  event: JSON.stringify(sharing),
  payload: undefined,
  key: `share ${sharing.node} ${sharing.filter}`,
  isRemoval: !sharing.count,
})

const toKey = ({ topic, payload }: Message): Pick<Told, 'key' | 'isRemoval'> => ({
  key: `kept ${topic}`,
  isRemoval: !payload.length,
})

/** Undefined for what a newer node may say. */
export function decodeNews({ event, payload, from }: Told, clock: Time): News | undefined {
  const { kind, until, filter = '', node = '', count = 0 } = JSON.parse(event) as Head
  if (kind === 'share') return { kind, filter, node, count }
  const isKnown = kind === 'publish' || kind === 'kept' || kind === 'pass'
  if (!isKnown || !(payload instanceof Uint8Array)) return undefined
  const packet = decode(payload, { role: 'client', level: 5 })
  if (packet.type !== 'publish') return undefined
  const left = until !== undefined && { messageExpiryInterval: (until - clock.date()) / 1000 }
  const properties = { ...packet.properties, ...left }
  const message = new Message({ ...packet, properties }, from, clock.now())
  return kind === 'pass' ? { kind, filter, message } : { kind, message }
}
