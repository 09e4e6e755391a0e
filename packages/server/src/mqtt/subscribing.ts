import {
  type FilterRequest,
  isFilter,
  type Subscribe,
  toMatched,
  type Unsubscribe,
} from '@org/realtime-mqtt/codec'
import { isDenial } from '../authorize.ts'
import type { Asking } from '../hub.ts'
import type { Broker } from './broker.ts'
import type { OpenConnection } from './open-connection.ts'
import { countRefusal, reasons, toDenialReason } from './reasons.ts'
import { sendRetained } from './send-retained.ts'
import { type Subscription, toSubscription } from './subscriptions.ts'
import { isTooDeep } from './topic-tree.ts'

/** What one connection subscribes to. */
export async function subscribe(broker: Broker, open: OpenConnection, packet: Subscribe): Promise<void> {
  const [id] = packet.properties?.subscriptionIdentifiers ?? []
  const codes: number[] = []
  const wanting: Subscription[] = []
  const caughtUp = broker.caughtUp()
  if (caughtUp) await caughtUp
  for (const request of packet.filters) {
    const refusal = await refuse(broker, open, request)
    // Gone meanwhile: the session goes on as it was.
    if (open.isOver) return
    if (refusal) {
      countRefusal(broker.context.tally, 'join', refusal)
      codes.push(open.level === 5 ? refusal : 0x80)
      continue
    }
    const { maximumQos } = broker.settings
    const qos = request.qos > maximumQos ? (maximumQos as 0 | 1) : request.qos
    const subscription = toSubscription(open.session, request, qos, id)
    const isNew = !open.session.filters.has(request.filter)
    await broker.subscribe(subscription)
    broker.context.tally.count('joins', { endpoint: 'mqtt' })
    codes.push(qos)
    if (wantsRetained(request, isNew)) wanting.push(subscription)
  }
  open.send({ type: 'suback', id: packet.id, codes })
  for (const subscription of wanting) await sendRetained(broker.context, broker.store.retained, subscription)
}

export function unsubscribe(broker: Broker, open: OpenConnection, packet: Unsubscribe): void {
  const codes = packet.filters.map((filter) =>
    broker.unsubscribe(open.session, filter) ? 0 : NO_SUBSCRIPTION,
  )
  open.send({ type: 'unsuback', id: packet.id, codes })
}

const NO_SUBSCRIPTION = 0x11

function wantsRetained({ filter, retainHandling = 0 }: FilterRequest, isNew: boolean): boolean {
  return !filter.startsWith('$share/') && (retainHandling === 0 || (retainHandling === 1 && isNew))
}

/** The reason why not, if there is one. */
async function refuse(
  { context }: Broker,
  open: OpenConnection,
  { filter }: FilterRequest,
): Promise<number | undefined> {
  const { session } = open
  if (!isFilter(filter) || isTooDeep(filter)) return reasons.badFilter
  const isNew = !session.filters.has(filter)
  if (isNew && session.filters.size >= context.options.limits.channelsPerConnection) return reasons.quota
  const channel = toMatched(filter)
  const rule = open.strike('join', channel)?.rule
  if (rule?.do === 'refuse') return toDenialReason({ refuse: rule.code ?? 'forbidden' })
  const { client, user } = session
  const asking: Asking = { user: user.id }
  const decided = context.hub.asks(channel, asking)
  const decision = await context.rules.decide(user, { channel, client, want: 'subscribe' })
  decided()
  if (asking.denial) return toDenialReason(asking.denial)
  if (isDenial(decision)) return toDenialReason(decision)
  return decision.subscribe ? undefined : reasons.notAuthorized
}
