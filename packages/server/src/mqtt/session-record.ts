import type { Position, Stored, Message as Told } from '../adapter.ts'
import type { User } from '../authenticate.ts'
import type { Clock } from '../clock.ts'
import type { Message } from './message.ts'
import { decodeNews, encodeNews } from './news.ts'
import type { KeptDelivery } from './outgoing.ts'
import type { Session } from './session.ts'
import type { Subscription } from './subscriptions.ts'

/** What nodes know of the session of a client. */
export interface SessionRecord {
  readonly client: string
  readonly user: User
  /** Who has it; empty for nobody. */
  readonly node: string
  /** How far all that was published is in it. */
  readonly at: Position | undefined
  /** The round of its node in which it was written. */
  readonly round: number
  /** When its client came last. */
  readonly openedAt: number
  readonly expiryMs: number
  /** When it ends, since its client is away. */
  readonly endsAt?: number
  readonly will?: { readonly message: KeptMessage; readonly delayMs: number; readonly at?: number }
  readonly filters: readonly Omit<Subscription, 'session'>[]
  readonly received: readonly number[]
  readonly names: readonly (readonly [id: number, name: string])[]
  readonly deliveries: readonly RecordedDelivery[]
}

interface KeptMessage {
  readonly event: string
  readonly payload: string
  readonly from?: string
}

interface RecordedDelivery {
  readonly id?: number
  readonly qos: 1 | 2
  readonly message?: KeptMessage
  readonly retain?: boolean
  readonly ids?: readonly number[] | undefined
  readonly shared?: string | undefined
}

export const keyOf = (client: string): string => `client ${client}`

/** Who writes a record, and when. */
export type Written = Pick<SessionRecord, 'node' | 'at' | 'round'>

/** One that ends with its connection is there for its will, and so that another node may end it. */
export function toRecord(session: Session, written: Written, clock: Clock): SessionRecord {
  const { client, user, openedAt, expiryMs, endsAt } = session
  const isKept = expiryMs > 0
  return {
    ...{ client, user, openedAt, expiryMs, ...written },
    ...(endsAt !== undefined && { endsAt }),
    ...(session.will && { will: toWill(session.will, session.willAt, clock) }),
    filters: isKept ? [...session.filters.values()].map(({ session: _, ...filter }) => filter) : [],
    received: isKept ? session.received.all : [],
    names: isKept ? session.names : [],
    deliveries: isKept ? session.outgoing.kept.map((delivery) => record(delivery, clock)) : [],
  }
}

const toWill = (
  { message, delayMs }: NonNullable<Session['will']>,
  at: number | undefined,
  clock: Clock,
): NonNullable<SessionRecord['will']> => ({
  message: keep(message, clock),
  delayMs,
  ...(at !== undefined && { at }),
})

/** It is in nobody's history, and nobody hears of it. */
export const encodeRecord = (record: SessionRecord): Told => ({
  event: 'session',
  payload: JSON.stringify(record),
  isKept: false,
  key: keyOf(record.client),
})

/** Undefined for anything else. */
export const parseRecord = ({ event, payload }: Stored): SessionRecord | undefined =>
  event === 'session' ? (JSON.parse(`${payload}`) as SessionRecord) : undefined

/** Makes of an empty session what was recorded; its filters are for the caller. */
export function restore(session: Session, kept: SessionRecord, clock: Clock): void {
  session.openedAt = kept.openedAt
  session.expiryMs = kept.expiryMs
  session.names = kept.names
  for (const id of kept.received) session.received.add(id)
  const will = kept.will && revive(kept.will.message, clock)
  session.will = will && { message: will, delayMs: kept.will?.delayMs ?? 0 }
  session.outgoing.restore(kept.deliveries.flatMap((each) => toDelivery(each, clock)))
}

function keep(message: Message, clock: Clock): KeptMessage {
  const { event, payload, from } = encodeNews({ kind: 'publish', message }, clock)
  const text = Buffer.from(payload ?? '').toString('base64')
  return { event, payload: text, ...(from !== undefined && { from }) }
}

function revive({ payload, ...rest }: KeptMessage, clock: Clock): Message | undefined {
  const news = decodeNews({ ...rest, payload: Buffer.from(payload, 'base64') }, clock)
  return news?.kind === 'publish' ? news.message : undefined
}

function record({ id, qos, delivery }: KeptDelivery, clock: Clock): RecordedDelivery {
  const { message, retain, ids, shared } = delivery ?? {}
  return {
    ...(id !== undefined && { id }),
    ...{ qos, retain: retain ?? false, ids, shared },
    ...(message && { message: keep(message, clock) }),
  }
}

function toDelivery(
  { id, qos, message: kept, retain = false, ids, shared }: RecordedDelivery,
  clock: Clock,
): readonly KeptDelivery[] {
  const message = kept && revive(kept, clock)
  const delivery = message && { message, qos, retain, ids, shared }
  if (id === undefined) return delivery ? [{ qos, delivery }] : []
  return [{ id, qos, delivery }]
}
