import { toDenial } from '../faults/to-denial.ts'
import type { TokenBucket } from '../token-bucket.ts'
import { toBucket } from './app-state.ts'
import { isEncrypted, isPresence, isPrivate } from './channel-name.ts'
import type { PusherConnection } from './connection.ts'
import { sizeOf } from './size-of.ts'

interface ClientEvent {
  readonly event: string
  readonly channel: string
  readonly data?: unknown
}

/** What one connection sends to the others of its channels. */
export class ClientEvents {
  readonly #connection: PusherConnection
  readonly #bucket: TokenBucket | undefined

  constructor(connection: PusherConnection) {
    this.#connection = connection
    const { app, pusher } = connection
    this.#bucket = toBucket(app.settings.maxClientEventsPerSecond, pusher.clock)
  }

  /** Counts one frame; false when it is over the rate. */
  take(): boolean {
    if (!this.#bucket?.take()) return true
    this.#refuse('The rate limit for sending client events exceeded the quota.')
    return false
  }

  relay({ event, channel, data: given }: ClientEvent): void {
    const { app, pusher, socketId, wire } = this.#connection
    const { traits, enableClientMessages } = app.settings
    if (!enableClientMessages) return this.#refuse(`The app does not have client messaging enabled.`)
    const joined = this.#connection.channels.find(channel)
    if (!joined) return this.#stranger()
    const isOpen = !isPrivate(channel) || isEncrypted(channel)
    if (isOpen && traits.clientEvents === 'private')
      return this.#refuse('Client events are for private and presence channels')
    const data = traits.clientEventData === 'object' ? toObject(given) : given
    if (data === undefined && traits.clientEventData === 'object') return this.#connection.misunderstood()
    if (this.#isTooLarge(event, data)) return
    if (traits.rateCounts === 'client-events' && !this.take()) return
    const rule = this.#connection.strike('publish', channel)?.rule
    if (rule) return this.#refuse(`Refused by a rule of faults: ${toDenial(rule).refuse}`)
    const payload = JSON.stringify(data)
    const member = isPresence(channel) ? joined.member?.id : undefined
    const message = { event, payload, from: socketId, isKept: false, ...(member !== undefined && { member }) }
    pusher.faults.recorder.note(wire.id, channel, message)
    pusher.publish(app, channel, message)
    const user = member !== undefined && { user_id: member }
    const told = typeof data === 'string' ? data : (payload ?? '')
    app.tell({ name: 'client_event', channel, event, data: told, socket_id: socketId, ...user })
  }

  #isTooLarge(event: string, data: unknown): boolean {
    const { eventNameLength, eventBytes } = this.#connection.app.settings.limits
    if (event.length > eventNameLength) {
      this.#refuse(`Event name is too long. Maximum allowed size is ${eventNameLength}.`)
      return true
    }
    if (Buffer.byteLength(JSON.stringify(data) ?? '') <= eventBytes) return false
    this.#refuse(`The event data should be less than ${sizeOf(eventBytes)}.`)
    return true
  }

  /** soketi says nothing to who has not joined. */
  #stranger(): void {
    const { name } = this.#connection.app.settings.traits
    const message = 'The client is not a member of the specified channel.'
    if (name === 'reverb') this.#connection.complain(4009, message)
    else if (name === 'pusher') this.#refuse(message)
  }

  #refuse(message: string): void {
    const { tally } = this.#connection.pusher
    tally.count('refusals', { endpoint: 'pusher', what: 'publish', reason: '4301' })
    this.#connection.complain(4301, message)
  }
}

/** Reverb takes objects, also inside a string, and nothing else. */
function toObject(given: unknown): unknown {
  if (typeof given !== 'string') return given instanceof Object ? given : undefined
  try {
    const value: unknown = JSON.parse(given)
    return value instanceof Object ? value : undefined
  } catch {
    return undefined
  }
}
