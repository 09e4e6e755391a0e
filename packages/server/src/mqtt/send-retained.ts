import type { Context } from '../core.ts'
import { least } from './routes.ts'
import type { Session } from './session.ts'
import type { RetainedStore } from './store.ts'
import type { Subscription } from './subscriptions.ts'

const LOOK_MS = 5

/** What is retained under a filter, for who has just subscribed. */
export async function sendRetained(
  context: Context,
  retained: RetainedStore,
  subscription: Subscription,
): Promise<void> {
  const { session, matched, qos, id } = subscription
  const ids = id === undefined ? undefined : [id]
  for (const message of retained.under(matched)) {
    if (session.attached?.isFull) await room(context, session)
    const delivery = { message, qos: least(qos, message.qos), retain: true, ids }
    const run = (): void => session.deliver(delivery)
    if (subscription.hasWildcard) session.hearing.pass(message.topic, run)
    else run()
  }
}

/** Until the client has read some of what it was sent. One that reads nothing is ended by what comes next. */
async function room({ clock, options }: Context, { attached }: Session): Promise<void> {
  const giveUpAt = clock.now() + options.times.answerMs
  while (attached?.isFull && clock.now() < giveUpAt)
    await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve))
}
