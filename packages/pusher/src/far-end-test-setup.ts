import { createHash, createHmac } from 'node:crypto'
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import type { TestServer } from '@org/realtime-testing'
import { createSessions, type FarSession, type SessionPeer } from './sessions-test-setup.ts'

export type Dialect = 'pusher' | 'soketi' | 'reverb'

export interface FarEndOptions {
  /** @default 'soketi' */
  readonly dialect?: Dialect
  /** What `connection_established` tells. @default 120 */
  readonly activityTimeoutS?: number
  /** Refuses joins over this number in this time, as `channel` by name or as an error without one. */
  readonly joinLimit?: { readonly count: number; readonly perMs: number; now(): number }
  /** How many client events a session may send in its life. */
  readonly clientEvents?: number
}

interface Session extends FarSession {
  readonly socketId: string
  user: { readonly id: string } | undefined
  /** The member that this session is, per presence channel. */
  readonly members: Map<string, { readonly id: string; readonly info: unknown }>
  readonly joins: number[]
  clientEvents: number
}

type Data = { readonly [field: string]: string | undefined }

export interface PusherFarEnd extends TestServer {
  /** Serves one session, over whatever carries it. */
  serve(peer: SessionPeer): void
  /** Every frame that came in, decoded. */
  readonly frames: { event: string; channel?: string; data: Data & { channel?: string } }[]
  readonly socketIds: string[]
  /** Sends a frame as it is to every session. */
  say(event: string, data?: unknown, channel?: string): void
  /** The error frame of this dialect, and where the dialect closes, the close. */
  error(code: number | null, message: string, then?: 'close' | 'drop' | 'stay'): void
  sendToUser(id: string, event: string, data: unknown): void
  /** What the server that knows the users would answer. */
  readonly sign: Signer
  /** An event as the backend encrypts it. */
  readonly key: string
}

export interface Signer {
  channel(
    socketId: string,
    channel: string,
    member?: object,
  ): { auth: string; channel_data?: string; shared_secret?: string }
  user(socketId: string, user: object): { auth: string; user_data: string }
}

export const KEY = 'app-key'
export const SECRET = 'app-secret'
export const MASTER_KEY = Buffer.alloc(32, 7)

const hmac = (text: string): string => createHmac('sha256', SECRET).update(text).digest('hex')

export const sharedSecret = (channel: string, master: Buffer = MASTER_KEY): string =>
  createHash('sha256').update(Buffer.from(channel)).update(master).digest('base64')

/** An event as a backend encrypts it. */
export function seal(
  channel: string,
  value: unknown,
  master?: Buffer,
): { ciphertext: string; nonce: string } {
  const nonce = Buffer.alloc(24, 3)
  const key = new Uint8Array(Buffer.from(sharedSecret(channel, master), 'base64'))
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const box = xsalsa20poly1305(key, new Uint8Array(nonce)).encrypt(new Uint8Array(Buffer.from(text)))
  return { ciphertext: Buffer.from(box).toString('base64'), nonce: nonce.toString('base64') }
}

export const sign: Signer = {
  channel(socketId, channel, member) {
    const channel_data = member && JSON.stringify(member)
    const text = [socketId, channel, ...(channel_data ? [channel_data] : [])].join(':')
    return {
      auth: `${KEY}:${hmac(text)}`,
      ...(channel_data && { channel_data }),
      ...(channel.startsWith('private-encrypted-') && { shared_secret: sharedSecret(channel) }),
    }
  },
  user(socketId, user) {
    const user_data = JSON.stringify(user)
    return { auth: `${KEY}:${hmac(`${socketId}::user::${user_data}`)}`, user_data }
  },
}

const isSecured = (channel: string): boolean => /^(private|presence)-/.test(channel)
const isPresence = (channel: string): boolean => channel.startsWith('presence-')

/** A server of the protocol from its documented facts, written without our codec. */
export function createPusherFarEnd(options: FarEndOptions = {}): PusherFarEnd {
  const { dialect = 'soketi', activityTimeoutS = 120, joinLimit, clientEvents = Infinity } = options
  const frames: PusherFarEnd['frames'] = []
  const socketIds: string[] = []
  const last = new Map<string, string>()

  const encode = (event: string, data: unknown, channel?: string, userId?: string): string => {
    const text = dialect === 'soketi' && event.startsWith('pusher:') ? data : JSON.stringify(data)
    const user = userId !== undefined && { user_id: userId }
    return JSON.stringify(
      dialect === 'reverb'
        ? { event, data: text, channel, ...user }
        : { event, channel, data: text, ...user },
    )
  }

  const send = (session: Session, event: string, data?: unknown, channel?: string, userId?: string): void =>
    table.send(session, event, encode(event, data, channel, userId))

  const table = createSessions<Session>({
    open(peer, number) {
      const socketId = `${number + 1}.${number + 1}00`
      const session: Session = {
        peer,
        number,
        socketId,
        user: undefined,
        channels: new Set(),
        members: new Map(),
        joins: [],
        clientEvents: 0,
      }
      const path = new URL(peer.target.url.replace(/^\w+/, 'http')).pathname
      if (path.includes('/app/') && !path.endsWith(`/app/${KEY}`)) {
        refuse(peer, 4001, `Application does not exist`, dialect === 'reverb' ? 'drop' : 'close')
        return session
      }
      socketIds.push(socketId)
      const data = { socket_id: socketId, activity_timeout: activityTimeoutS }
      table.send(session, 'pusher:connection_established', encodeHello(data))
      return session
    },
    frame: (session, frame) => handle(session, JSON.parse(frame)),
    over(session) {
      for (const channel of session.channels) leave(session, channel)
    },
  })

  const encodeHello = (data: object): string =>
    JSON.stringify({ event: 'pusher:connection_established', data: JSON.stringify(data) })

  const refuse = (
    peer: SessionPeer,
    code: number | null,
    message: string,
    then: 'close' | 'drop' | 'stay',
  ): void => {
    peer.send(encode('pusher:error', { code, message }))
    if (then === 'close') peer.end({ code: code ?? 1000, reason: message })
    else if (then === 'drop') peer.end({ code: 1006, reason: '' })
  }

  const others = (channel: string, except?: Session): Session[] =>
    [...table.sessions].filter((session) => session !== except && session.channels.has(channel))

  const isLimited = (session: Session): boolean => {
    if (!joinLimit) return false
    const { count, perMs, now } = joinLimit
    const recent = session.joins.filter((at) => now() - at < perMs)
    session.joins.splice(0, Infinity, ...recent)
    if (recent.length >= count) return true
    session.joins.push(now())
    return false
  }

  const join = (session: Session, { channel = '', auth = '', channel_data: text }: Data): void => {
    if (isLimited(session))
      return dialect === 'reverb'
        ? send(session, 'pusher:error', { code: 4301, message: 'Rate limit exceeded' })
        : send(
            session,
            'pusher:subscription_error',
            { type: 'LimitReached', error: 'Slow down', status: 429 },
            channel,
          )
    const proof = [session.socketId, channel, ...(text ? [text] : [])].join(':')
    const isForged = isSecured(channel) && auth !== `${KEY}:${hmac(proof)}`
    if (isForged || table.refusals.has(channel)) {
      if (dialect === 'reverb')
        return send(session, 'pusher:error', { code: 4009, message: 'Connection is unauthorized' })
      const error = { type: 'AuthError', error: 'The connection is unauthorized.', status: 401 }
      return send(session, 'pusher:subscription_error', error, channel)
    }
    session.channels.add(channel)
    if (isPresence(channel)) enter(session, channel, text)
    else send(session, 'pusher_internal:subscription_succeeded', {}, channel)
    if (dialect === 'pusher')
      for (const other of others(channel))
        send(
          other,
          'pusher_internal:subscription_count',
          { subscription_count: others(channel).length },
          channel,
        )
    if (!/^(private-|presence-|private-encrypted-)?cache-/.test(channel)) return
    const cached = last.get(channel)
    if (cached === undefined) send(session, 'pusher:cache_miss', undefined, channel)
    else table.send(session, 'event', cached)
  }

  const enter = (session: Session, channel: string, text: string | undefined): void => {
    const { user_id: id, user_info: info } = text ? JSON.parse(text) : { user_id: session.user?.id }
    const isNew = !others(channel, session).some(({ members }) => `${members.get(channel)?.id}` === `${id}`)
    session.members.set(channel, { id, info })
    const all = new Map(
      others(channel)
        .map(({ members }) => members.get(channel))
        .map((member) => [member?.id, member?.info]),
    )
    const presence = { ids: [...all.keys()], hash: Object.fromEntries(all), count: all.size }
    send(session, 'pusher_internal:subscription_succeeded', { presence }, channel)
    if (!isNew) return
    for (const other of others(channel, session))
      send(other, 'pusher_internal:member_added', { user_id: id, user_info: info }, channel)
  }

  const leave = (session: Session, channel: string): void => {
    if (!session.channels.delete(channel)) return
    const member = session.members.get(channel)
    session.members.delete(channel)
    if (!member || others(channel).some(({ members }) => members.get(channel)?.id === member.id)) return
    for (const other of others(channel))
      send(other, 'pusher_internal:member_removed', { user_id: member.id }, channel)
  }

  const relay = (session: Session, event: string, channel: string, data: unknown): void => {
    if (!session.channels.has(channel)) {
      if (dialect === 'reverb')
        send(session, 'pusher:error', {
          code: 4009,
          message: 'The client is not a member of the specified channel.',
        })
      return
    }
    if (++session.clientEvents > clientEvents)
      return send(session, 'pusher:error', {
        code: 4301,
        message: 'The rate limit for client events was exceeded',
      })
    table.received.push({
      id: undefined,
      channel,
      event: event.slice('client-'.length),
      payload: data,
      session: session.number,
      duplicate: false,
      resent: false,
    })
    for (const other of others(channel, session))
      send(other, event, data, channel, session.members.get(channel)?.id)
  }

  const signin = (session: Session, { auth, user_data: text = '' }: Data): void => {
    if (dialect === 'reverb')
      return send(session, 'pusher:error', { code: 4200, message: 'Invalid message format' })
    if (auth !== `${KEY}:${hmac(`${session.socketId}::user::${text}`)}`)
      return refuse(session.peer, 4009, 'Connection not authorized.', 'close')
    session.user = JSON.parse(text)
    send(session, 'pusher:signin_success', { user_data: text })
  }

  const handle = (session: Session, frame: PusherFarEnd['frames'][number]): void => {
    frames.push(frame)
    const { event, channel = '', data } = frame
    if (event === 'pusher:ping') send(session, 'pusher:pong', {})
    else if (event === 'pusher:subscribe') join(session, data)
    else if (event === 'pusher:unsubscribe') leave(session, data.channel ?? '')
    else if (event === 'pusher:signin') signin(session, data)
    else if (event.startsWith('client-')) relay(session, event, channel, data)
  }

  return {
    ...table.verbs,
    serve: table.serve,
    received: table.received,
    frames,
    socketIds,
    sign,
    key: KEY,
    publish(channel, event, payload) {
      const frame = encode(event, payload, channel)
      last.set(channel, frame)
      for (const session of others(channel)) table.send(session, 'event', frame)
    },
    say(event, data, channel) {
      for (const session of table.sessions) send(session, event, data, channel)
    },
    error(code, message, then = 'stay') {
      for (const { peer } of [...table.sessions]) refuse(peer, code, message, then)
    },
    sendToUser(id, event, data) {
      for (const session of table.sessions)
        if (session.user?.id === id) send(session, event, data, `#server-to-user-${id}`)
    },
  }
}
