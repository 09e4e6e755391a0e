import type {
  Clock,
  Decode,
  Link,
  LinkEvents,
  LinkSession,
  RealtimeError,
  SessionEnd,
} from '@org/realtime-core/kit'
import { fault } from './fault.ts'
import { dataOf, decodeData, type PusherFrame, parseFrame } from './frame.ts'
import { createJoiner } from './joiner.ts'
import { known } from './known.ts'
import { isEncrypted, toClientEvent } from './names.ts'
import { toMember, toMembers } from './presence-data.ts'
import type { PusherMeta } from './protocol.ts'
import type { FrameScanner } from './scan.ts'
import { type Shared, toChanges } from './shared.ts'
import type { SigninLink } from './signin.ts'
import { toFailure } from './verdict.ts'

/** The longest silence: with the answer's 5 s a peer that is gone is found within 30. */
const IDLE_MS = 25_000
/** A server that ends a connection says why just before. */
const LAST_WORDS_MS = 2000

export function createLink(
  shared: Shared,
  session: LinkSession,
  events: LinkEvents,
  clock: Clock,
  scanner?: FrameScanner,
): Link {
  let user: SigninLink | undefined
  let isOver = false
  /** An error that may be the reason of an end that is about to come, or may end nothing. */
  let lastWords: { readonly code: number; readonly reason: string; cancel(): void } | undefined

  const send = (frame: string): void => {
    if (!isOver) session.send(frame)
  }

  const joiner = createJoiner(shared, send, events, clock, () => user)

  const established = (frame: PusherFrame): void => {
    const { socket_id: socketId, activity_timeout: seconds } = dataOf(frame)
    if (user) return
    if (typeof socketId !== 'string') return events.fail('retry', fault('protocol.violation', {}))
    user = {
      socketId,
      clock,
      isSignedIn: false,
      send,
      signedIn: joiner.signedIn,
      error: events.error,
    }
    shared.signin.up(user)
    const receiveIdleMs = Math.min(Math.max(Number(seconds) * 1000, 0) || IDLE_MS, IDLE_MS)
    events.ready({
      heartbeat: { receiveIdleMs },
      ...(shared.authorizer.isBatch && { limits: { joins: Infinity } }),
    })
  }

  const warn = (code: unknown, reason: string, channel?: string): void =>
    events.error(
      fault('server.error', {
        reason,
        ...known({ channel, code: typeof code === 'number' ? code : undefined }),
      }),
    )

  /** What it said did not end the connection. */
  const flush = (): void => {
    if (!lastWords) return
    const { code, reason, cancel } = lastWords
    lastWords = undefined
    cancel()
    warn(code, reason)
  }

  const failed = (frame: PusherFrame): void => {
    const { code, message } = dataOf(frame)
    const reason = String(message ?? 'no reason')
    const failure = typeof code === 'number' && code < 4300 ? toFailure(code, reason) : undefined
    if (failure && !user) return fail(code as number, reason)
    if (joiner.blame(frame.channel, code, reason)) return
    if (code === 4200 && user && shared.signin.refused(user, reason)) return
    if (!failure) return warn(code, reason, frame.channel)
    flush()
    lastWords = { code: code as number, reason, cancel: clock.after(LAST_WORDS_MS, flush) }
  }

  /** With a code of the protocol, the connection ends as the code says. */
  const judge = (code: number | undefined, reason?: string) => {
    const failure = toFailure(code, reason)
    if (code === 4000 && shared.secure()) return { ...failure, verdict: 'retry-now' } as typeof failure
    if (failure?.verdict === 'retry') events.advice({ retryAfterMs: 1000 })
    return failure
  }

  const fail = (code: number, reason: string): void => {
    const failure = judge(code, reason)
    if (failure) events.fail(failure.verdict, failure.error)
  }

  const handle = (frame: PusherFrame): void => {
    const { event, channel = '', data, userId } = frame
    switch (event) {
      case 'pusher:connection_established':
        return established(frame)
      case 'pusher:error':
        return failed(frame)
      case 'pusher:ping':
        return send('{"event":"pusher:pong","data":{}}')
      case 'pusher:pong':
        return events.pong()
      case 'pusher:signin_success':
        return user && shared.signin.succeeded(user, dataOf(frame))
      case 'pusher_internal:subscription_succeeded':
        joiner.succeeded(channel)
        return channel.startsWith('presence-') ? joiner.members(channel, toMembers(frame)) : undefined
      case 'pusher:subscription_error':
        return joiner.refused(channel, dataOf(frame))
      case 'pusher_internal:member_added':
        return events.members(channel, { joined: toMember(frame) })
      case 'pusher_internal:member_removed':
        return events.members(channel, { left: toMember(frame).id })
      case 'pusher_internal:subscription_count': {
        const { subscription_count: count } = dataOf(frame)
        if (typeof count === 'number') shared.count(channel).set(count)
        return
      }
      case 'pusher_internal:watchlist_events':
        for (const change of toChanges(frame)) shared.watchlist.emit(change)
        return
      default:
        if (event.startsWith('pusher_internal:') || !channel) return
        return deliver(channel, event, data, decodeData, userId === undefined ? undefined : { userId })
    }
  }

  const deliver = (
    channel: string,
    event: string,
    data: unknown,
    decode: Decode,
    meta?: PusherMeta,
  ): void => {
    const decryptor = joiner.decryptor(channel)
    if (decryptor && !event.startsWith('pusher:')) decryptor.receive(event, decode(data))
    else events.message(channel, event, data, meta, decode)
  }

  return {
    receive(frame) {
      if (typeof frame !== 'string') throw malformed()
      if (lastWords) flush()
      if (scanner?.scan(frame)) {
        const { channel, event, data } = scanner
        return deliver(channel, event, data, scanner.decode)
      }
      const parsed = parseFrame(frame)
      if (!parsed) throw malformed()
      handle(parsed)
    },
    ping: () => send('{"event":"pusher:ping","data":{}}'),
    subscribe: joiner.subscribe,
    unsubscribe: joiner.unsubscribe,
    publish({ key: channel, event, payload, id }) {
      const details = { channel, event, id }
      if (isEncrypted(channel)) throw fault('publish.refused', details)
      const head = JSON.stringify({ event: toClientEvent(event), channel })
      const frame = `${head.slice(0, -1)},"data":${payload}}`
      const limitBytes = shared.maxEventBytes
      if (frame.length * 3 > limitBytes) {
        const bytes = new TextEncoder().encode(frame).length
        if (bytes > limitBytes) throw fault('message.too-large', { ...details, bytes, limitBytes })
      }
      if (!shared.mayPublish(clock)) throw fault('publish.refused', { ...details, code: 'rate-limited' })
      send(frame)
      return 'sent'
    },
    ended({ code, reason }: SessionEnd) {
      return judge(code, reason) ?? judge(lastWords?.code, lastWords?.reason)
    },
    dispose() {
      isOver = true
      lastWords?.cancel()
      joiner.stop()
      if (user) shared.signin.down(user)
    },
  }
}

const malformed = (): RealtimeError => fault('message.malformed', {})
