import { type Link, type LinkEvents, RealtimeError } from '@org/realtime-core/kit'
import { isCache, isEncrypted, toClientEvent } from '../names.ts'
import { toMember } from '../presence-data.ts'
import type { PusherMeta } from '../protocol.ts'
import type { ForeignChannel, ForeignMessage, ForeignPusher } from './foreign.ts'
import type { Share } from './share.ts'

interface Events extends Pick<LinkEvents, 'joined' | 'refused' | 'members' | 'message' | 'error'> {
  lost(name: string): void
}

export interface ForeignLink extends Link {
  /** A message of the connection. */
  hear(message: ForeignMessage): void
  /** The owner of the foreign client has unsubscribed it. */
  lose(name: string): void
  /** Leaves what was left while there was no connection: the foreign client joins it again by itself. */
  leaveUnwanted(): void
}

const toMeta = (userId: string): PusherMeta => ({ userId })

/** A joined channel of the foreign client. */
interface Joined {
  readonly channel: ForeignChannel
  isIn: boolean
  stop(): void
}

/** The channels of a foreign connection for as long as it is connected. */
export function createForeignLink(pusher: ForeignPusher, share: Share, events: Events): ForeignLink {
  const joins = new Map<string, Joined>()

  const tell = (event: string, channel: string, data: unknown, userId?: string): void =>
    events.message(channel, event, data, userId === undefined ? undefined : toMeta(userId))

  const succeeded = (name: string): void => {
    const join = joins.get(name)
    if (!join || join.isIn) return
    join.isIn = true
    events.joined(name, isCache(name) ? { continuity: 'latest-only' } : undefined)
    const { members, myID } = join.channel.members ?? {}
    if (members)
      events.members(name, {
        all: Object.entries(members).map(([id, info]) => ({ id, info })),
        ...(myID !== undefined && myID !== null && { me: String(myID) }),
      })
  }

  const join = (name: string): void => {
    // Asked for again after no answer came.
    joins.get(name)?.stop()
    const channel = share.subscribe(name)
    const refused = ({ error, status, type }: { error?: string; status?: number; type?: string }): void => {
      if (!joins.delete(name)) return
      stop()
      const details = {
        channel: name,
        ...(status !== undefined && { status }),
        ...(type !== undefined && { code: type }),
      }
      const sentence = `Server refused ${name}: ${error ?? type ?? status}`
      events.refused(name, new RealtimeError('channel.rejected', sentence, details))
    }
    // What is encrypted is told in clear by the channel alone.
    const heard = (event: string, data: unknown): void => {
      if (!event.startsWith('pusher')) tell(event, name, data)
    }
    const accepted = (): void => succeeded(name)
    channel.bind('pusher:subscription_succeeded', accepted)
    channel.bind('pusher:subscription_error', refused)
    if (isEncrypted(name)) channel.bind_global(heard)
    const stop = (): void => {
      channel.unbind('pusher:subscription_succeeded', accepted)
      channel.unbind('pusher:subscription_error', refused)
      channel.unbind_global(heard)
    }
    joins.set(name, { channel, isIn: false, stop })
    if (channel.subscribed) succeeded(name)
  }

  const forget = (name: string): boolean => {
    joins.get(name)?.stop()
    return joins.delete(name)
  }

  return {
    receive() {},
    subscribe(requests) {
      for (const { key } of requests) join(key)
    },
    unsubscribe(name) {
      forget(name)
      share.release(name)
    },
    publish({ key, event, payload, id }) {
      if (!pusher.send_event(toClientEvent(event), JSON.parse(String(payload)), key))
        throw new RealtimeError('publish.refused', `${event} could not be sent`, { channel: key, event, id })
      return 'sent'
    },
    hear({ event, channel: name = '', data, user_id: userId }) {
      if (!joins.has(name)) return
      try {
        if (event === 'pusher_internal:subscription_succeeded') succeeded(name)
        else if (event === 'pusher_internal:member_added')
          events.members(name, { joined: toMember({ data }) })
        else if (event === 'pusher_internal:member_removed')
          events.members(name, { left: toMember({ data }).id })
        else if (event === 'pusher:cache_miss' || !(event.startsWith('pusher') || isEncrypted(name)))
          tell(event, name, data, userId)
      } catch (error) {
        events.error(
          RealtimeError.from(error, 'message.malformed', 'Frame cannot be read', { channel: name }),
        )
      }
    },
    lose(name) {
      if (forget(name)) events.lost(name)
    },
    leaveUnwanted() {
      for (const name of share.held) if (!joins.has(name)) share.release(name)
    },
    dispose() {
      for (const { stop } of joins.values()) stop()
      joins.clear()
    },
  }
}
