import {
  type Clock,
  type LinkEvents,
  type Member,
  type RealtimeError,
  type SubscribeRequest,
  toFault,
} from '@org/realtime-core/kit'
import type { ChannelAuthAnswer } from './auth-options.ts'
import type { ChannelOutcome } from './channel-auth.ts'
import { writeClientFrame } from './client-frame.ts'
import type { Decryptor, EncryptedChannel } from './encryption.ts'
import { fault } from './fault.ts'
import { known } from './known.ts'
import { isCache, isEncrypted, isPrivate, isUserChannel } from './names.ts'
import { createPace } from './pace.ts'
import { toMyId } from './presence-data.ts'
import type { Shared } from './shared.ts'
import type { SigninLink } from './signin.ts'
import { createUnnamed } from './unnamed.ts'

/** A channel from the moment it is asked for until it is left or refused. */
interface Join {
  state: 'waiting' | 'sent' | 'joined'
  frame: string
  myId?: string | undefined
  decryptor?: Decryptor | undefined
  /** Ends the request for its authorization, unless that is for others too. */
  abort?: () => void
}

/** The channels of one link. */
export interface Joiner {
  subscribe(requests: readonly SubscribeRequest[]): void
  unsubscribe(channel: string): void
  succeeded(channel: string): void
  members(channel: string, all: readonly Member[]): void
  /** The server has refused a channel by name. */
  refused(channel: string, data: { readonly [field: string]: unknown }): void
  /** True when an error of the connection is about a channel, and has been told there. */
  blame(channel: string | undefined, code: unknown, reason: string): boolean
  /** Lets the channel of the user be joined, which waits for that. */
  signedIn(): void
  /** What reads an encrypted channel. */
  decryptor(channel: string): Decryptor | undefined
  stop(): void
}

export function createJoiner(
  { authorizer, encryption, signin }: Shared,
  send: (frame: string) => void,
  events: LinkEvents,
  clock: Clock,
  user: () => SigninLink | undefined,
): Joiner {
  const joins = new Map<string, Join>()
  const requests = new Set<AbortController>()
  const unnamed = createUnnamed((channel, reason) => {
    if (joins.has(channel)) reject(channel, reason, { code: 4009 })
  })

  const pace = createPace(clock, (channel, frame) => {
    const join = joins.get(channel)
    if (join) join.state = 'sent'
    if (isPrivate(channel)) unnamed.asked(channel)
    send(frame)
  })

  const begin = (channel: string): Join => {
    drop(channel)
    const join: Join = { state: 'waiting', frame: '' }
    joins.set(channel, join)
    return join
  }

  const drop = (channel: string): Join | undefined => {
    const join = joins.get(channel)
    join?.abort?.()
    joins.delete(channel)
    pace.remove(channel)
    return join
  }

  const refuse = (
    channel: string,
    error: RealtimeError,
    retry?: boolean | { readonly afterMs: number },
  ): void => {
    drop(channel)
    events.refused(channel, error, retry)
  }

  const reject = (channel: string, why: unknown, details: object, retry?: boolean): void =>
    refuse(channel, fault('channel.rejected', { channel, ...details }, undefined, String(why)), retry)

  const ask = (channel: string, join: Join, answer?: ChannelAuthAnswer): void => {
    const { auth, channel_data } = answer ?? {}
    join.myId = toMyId(channel_data)
    // What is undefined is not written, and the key of an encrypted channel stays here.
    join.frame = JSON.stringify({ event: 'pusher:subscribe', data: { channel, auth, channel_data } })
    pace.send(channel, join.frame)
  }

  const request = (
    channels: readonly string[],
    tell: (channel: string, outcome: ChannelOutcome) => void,
  ): AbortController => {
    const controller = new AbortController()
    requests.add(controller)
    authorizer
      .authorize(channels, user()?.socketId ?? '', controller, clock, tell)
      .finally(() => requests.delete(controller))
    return controller
  }

  const authorize = (channels: readonly string[]): void => {
    const own = new Map(channels.map((channel) => [channel, begin(channel)]))
    const controller = request(channels, (channel, outcome) => {
      const join = own.get(channel)
      if (join && joins.get(channel) === join) answered(channel, join, outcome)
    })
    for (const join of own.values()) if (own.size === 1) join.abort = () => controller.abort()
  }

  const answered = (channel: string, join: Join, outcome: ChannelOutcome): void => {
    if ('error' in outcome) return refuse(channel, outcome.error, outcome.retry)
    const { answer, url } = outcome
    try {
      // Without the option an encrypted channel has not come this far.
      if (isEncrypted(channel))
        join.decryptor = encryption?.(seal(channel, join, answer.shared_secret ?? '', url))
    } catch (error) {
      return refuse(channel, toFault(error, 'auth.failed', { channel }, 'encryption'))
    }
    ask(channel, join, answer)
  }

  const seal = (channel: string, join: Join, secret: string, url: string | undefined): EncryptedChannel => {
    const isLive = (): boolean => joins.get(channel) === join
    return {
      name: channel,
      secret,
      url,
      renew: () =>
        new Promise((resolve, reject) => {
          request([channel], (_, fresh) =>
            'error' in fresh ? reject(fresh.error) : resolve(fresh.answer.shared_secret),
          )
        }),
      deliver: (event, value) => isLive() && events.message(channel, event, value),
      error: (error) => isLive() && events.error(error),
    }
  }

  const again = (channel: string, join: Join): void => {
    join.state = 'waiting'
    unnamed.forget(channel)
    pace.refused(channel, join.frame)
  }

  return {
    subscribe(wanted) {
      const secured: string[] = []
      for (const { key: channel } of wanted) {
        if (isEncrypted(channel) && !encryption) {
          const details = { capability: 'encryption', protocol: 'pusher' }
          refuse(channel, fault('capability.missing', details, undefined, channel))
        } else if (isPrivate(channel)) secured.push(channel)
        else {
          const join = begin(channel)
          if (!isUserChannel(channel) || user()?.isSignedIn) ask(channel, join)
        }
      }
      if (!authorizer.isBatch) for (const channel of secured) authorize([channel])
      else if (secured.length) authorize(secured)
    },
    unsubscribe(channel) {
      const join = drop(channel)
      if (join && join.state !== 'waiting')
        send(writeClientFrame({ event: 'pusher:unsubscribe', data: { channel } }))
    },
    succeeded(channel) {
      const join = joins.get(channel)
      if (!join || join.state === 'joined') return
      join.state = 'joined'
      pace.taken()
      unnamed.answered(channel)
      events.joined(channel, isCache(channel) ? { continuity: 'latest-only' } : undefined)
    },
    members(channel, all) {
      const me = joins.get(channel)?.myId ?? signin.user.get()?.id
      events.members(channel, { all, ...known({ me }) })
    },
    refused(channel, { type: code, error, status }) {
      const join = joins.get(channel)
      unnamed.answered(channel)
      if (!join) return
      if (status === 429) return again(channel, join)
      const isPassing = code === 'ServerError' || (Number(status) >= 500 && Number(status) < 600)
      reject(channel, error ?? code ?? status, known({ status, code }), isPassing)
    },
    blame(channel, code, reason) {
      const sent = [...joins].filter(([name, { state }]) => state === 'sent' && name === (channel ?? name))
      const [oldest] = sent
      if (channel === undefined && code === 4009) return unnamed.refused(reason)
      if (!oldest) return false
      if (channel !== undefined) reject(channel, reason, known({ code }))
      else if (code === 4301 && TOO_MANY.test(reason)) again(...oldest)
      else return false
      return true
    },
    signedIn() {
      for (const [channel, join] of joins) if (isUserChannel(channel) && !join.frame) ask(channel, join)
    },
    decryptor: (channel) => joins.get(channel)?.decryptor,
    stop() {
      joins.clear()
      pace.stop()
      for (const controller of requests) controller.abort()
    },
  }
}

const TOO_MANY = /rate|too many/i
