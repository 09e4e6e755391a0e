import type { Adapter, AdapterEvents } from './adapter.ts'
import type { Clock } from './clock.ts'
import { createLogs, type LogsLimits } from './logs.ts'
import { createMembers, type MembersLimits } from './members.ts'

/** One node alone: everything is answered at once, and gone with the process. */
export function createMemoryAdapter(limits: LogsLimits & MembersLimits, clock: Clock): Adapter {
  const logs = createLogs(limits, clock)
  const members = createMembers(limits)
  let events: AdapterEvents

  const append: Adapter['append'] = async (channel, message) => {
    const taken = logs.use(channel, (log) => log.find(message.id))
    if (taken) return { ...taken, isRepeat: true }
    const stored = logs.use(channel, (log) => log.append(message, clock.now()))
    events.message(channel, stored)
    return { epoch: stored.epoch, off: stored.off, isRepeat: false }
  }

  return {
    isAway: false,
    open(heard) {
      events = heard
      logs.open()
    },
    async start() {},
    append,
    async tell(channel, message) {
      await append(channel, message)
    },
    read: async (channel, after) => logs.use(channel, (log) => log.read(after)),
    watch: logs.watch,
    unwatch: logs.unwatch,
    async enter(channel, holder, member, most) {
      const entered = members.enter(channel, holder, member, most)
      if (entered === 'full') return undefined
      if (entered === 'new') events.joined(channel, member, holder)
      return { members: members.list(channel), isNew: entered === 'new' }
    },
    async leave(channel, holder, member) {
      const isGone = members.leave(channel, holder, member)
      if (isGone) events.left(channel, member)
      return isGone
    },
    members: async (channel) => members.list(channel),
    direct: async (client, message) => events.direct(client, message),
    ask: async (topic, question) => [await events.asked(topic, question)],
    evict: async (channel) => logs.use(channel, (log) => log.evict()),
    async restart(channel) {
      events.moved(
        channel,
        logs.use(channel, (log) => log.restart()),
      )
    },
    async close() {
      logs.close()
    },
  }
}
