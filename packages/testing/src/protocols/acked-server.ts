import type { Member } from '@org/realtime-core/kit'
import type { ClientFrame, Position, ServerFrame, Stored } from './acked-frames.ts'
import { createSessionTable, type ServerSession, type TestServer } from './test-server.ts'

export interface AckedServerOptions {
  /** @default 25000 */
  readonly idleMs?: number
  /** @default 5000 */
  readonly answerMs?: number
  /** How many messages a channel remembers. @default 100 */
  readonly historyLimit?: number
  /** Which channels have members. @default those whose name starts with `presence-` */
  readonly hasMembers?: (channel: string) => boolean
}

/** The far end of `createAckedProtocol`, with the faults that a client must survive. */
export interface AckedServer extends TestServer {
  /** Publishes without delivering: the next message shows a hole, and history has what is missing. */
  lose(channel: string, event: string, payload: unknown): void
  /** Forgets the history of a channel; its offsets go on. */
  evict(channel: string): void
  /** Starts the channel anew: other epoch, no history. */
  resetEpoch(channel: string): void
  /** Which tokens are good from now on. Sessions that are open stay so. */
  acceptTokens(isGood: (token: string | undefined) => boolean): void
  /** Tells clients that their token is about to expire. */
  expireTokens(): void
  /** Every token that was presented, in the handshake or later. */
  readonly tokens: readonly (string | undefined)[]
  /** Asks clients to move to a new connection within this window. */
  drain(windowMs: number): void
  /** Asks clients not to come back earlier than this. */
  retryAfter(ms: number): void
  /** Refuses publishes to this channel with a code; without one it takes them again. */
  refusePublish(channel: string, code?: string): void
  /** Somebody else enters or leaves a channel. */
  enter(channel: string, member: Member): void
  exit(channel: string, memberId: string): void
}

interface Session extends ServerSession {
  token: string | undefined
  isWelcome: boolean
}

interface Channel {
  epoch: string
  offset: number
  history: Stored[]
  readonly guests: Map<string, Member>
}

export function createAckedServer(options: AckedServerOptions = {}): AckedServer {
  const { idleMs = 25_000, answerMs = 5000, historyLimit = 100 } = options
  const hasMembers = options.hasMembers ?? ((channel: string) => channel.startsWith('presence-'))
  const channels = new Map<string, Channel>()
  const unpublishable = new Map<string, string>()
  const tokens: (string | undefined)[] = []
  let isGood = (_token: string | undefined): boolean => true
  let epochs = 0

  const table = createSessionTable<Session>({
    open: (peer, number) => ({ peer, number, channels: new Set(), token: undefined, isWelcome: false }),
    frame: (session, frame) => handle(session, JSON.parse(String(frame)) as ClientFrame),
    over(session) {
      for (const channel of session.channels) leave(session, channel)
    },
  })
  const { sessions, verbs } = table

  const send = (session: Session, frame: ServerFrame): void =>
    table.send(session, frame.t, JSON.stringify(frame))
  const sendAll = (frame: ServerFrame, to: (session: Session) => boolean): void => {
    for (const session of sessions) if (to(session)) send(session, frame)
  }
  const isIn =
    (name: string) =>
    (session: Session): boolean =>
      session.channels.has(name)

  const channelOf = (name: string): Channel => {
    let channel = channels.get(name)
    if (!channel) {
      channel = { epoch: `epoch-${++epochs}`, offset: 0, history: [], guests: new Map() }
      channels.set(name, channel)
    }
    return channel
  }

  const store = (name: string, ev: string, data: unknown, id?: string): Stored => {
    const channel = channelOf(name)
    const stored: Stored = { ev, data, off: ++channel.offset, ...(id !== undefined && { id }) }
    channel.history.push(stored)
    if (channel.history.length > historyLimit) channel.history.shift()
    return stored
  }

  const spread = (ch: string, stored: Stored): void =>
    sendAll({ t: 'msg', ch, ep: channelOf(ch).epoch, ...stored }, isIn(ch))

  const memberOf = ({ token = 'anonymous' }: Session): Member => ({ id: token, info: {} })

  const membersOf = (name: string): Member[] => {
    const members = new Map(channelOf(name).guests)
    for (const session of sessions)
      if (session.channels.has(name)) members.set(memberOf(session).id, memberOf(session))
    return [...members.values()]
  }

  const isThere = (name: string, id: string): boolean => membersOf(name).some((member) => member.id === id)

  const join = (session: Session, ch: string, from: Position | undefined): void => {
    const refusal = table.refusals.get(ch)
    if (refusal) {
      const { code = 'denied', retryMs } = refusal
      return send(session, { t: 'refused', ch, code, ...(retryMs !== undefined && { retryMs }) })
    }
    const { epoch, offset, history } = channelOf(ch)
    const replay = from ? history.filter(({ off }) => off > from.offset) : []
    const recovered = from?.epoch === epoch && replay.length === offset - from.offset
    const me = memberOf(session)
    if (hasMembers(ch) && !isThere(ch, me.id)) sendAll({ t: 'in', ch, member: me }, isIn(ch))
    session.channels.add(ch)
    send(session, {
      t: 'subbed',
      ch,
      recovered,
      at: { epoch, offset },
      replay: recovered ? replay : [],
      ...(hasMembers(ch) && { members: membersOf(ch), me: me.id }),
    })
  }

  const leave = (session: Session, ch: string): void => {
    if (!session.channels.delete(ch) || !hasMembers(ch)) return
    const { id } = memberOf(session)
    if (!isThere(ch, id)) sendAll({ t: 'out', ch, id }, isIn(ch))
  }

  const authenticate = (session: Session, token: string | undefined): boolean => {
    tokens.push(token)
    session.token = token
    if (!isGood(token)) send(session, { t: 'denied', reason: 'bad token', final: true })
    return isGood(token)
  }

  const take = (session: Session, frame: ClientFrame & { t: 'pub' }): void => {
    const { id, ch: channel, ev: event, ack, again: resent, data: payload } = frame
    const code = unpublishable.get(channel) ?? (session.channels.has(channel) ? undefined : 'not a member')
    if (code !== undefined) return send(session, { t: 'nack', id, code })
    const { duplicate } = table.record({ id, channel, event, payload, session: session.number, resent })
    if (!duplicate) spread(channel, store(channel, event, payload, id))
    if (ack) send(session, { t: 'ack', id })
  }

  const handle = (session: Session, frame: ClientFrame): void => {
    if (frame.t === 'hello') {
      if (!authenticate(session, frame.token)) return
      session.isWelcome = true
      return send(session, { t: 'welcome', idleMs, answerMs })
    }
    if (!session.isWelcome) return session.peer.end({ code: 4000, reason: 'hello first' })
    if (frame.t === 'auth') authenticate(session, frame.token)
    else if (frame.t === 'sub') for (const { ch, from } of frame.chs) join(session, ch, from)
    else if (frame.t === 'unsub') leave(session, frame.ch)
    else if (frame.t === 'pub') take(session, frame)
    else if (frame.t === 'ping') send(session, { t: 'pong' })
  }

  return {
    ...verbs,
    received: table.received,
    tokens,
    publish: (channel, event, payload) => spread(channel, store(channel, event, payload)),
    lose: (channel, event, payload) => void store(channel, event, payload),
    evict(channel) {
      channelOf(channel).history = []
    },
    resetEpoch(channel) {
      Object.assign(channelOf(channel), { epoch: `epoch-${++epochs}`, offset: 0, history: [] })
    },
    acceptTokens(accept) {
      isGood = accept
    },
    expireTokens: () => sendAll({ t: 'expiring' }, ({ isWelcome }) => isWelcome),
    drain: (ms) => sendAll({ t: 'drain', ms }, ({ isWelcome }) => isWelcome),
    retryAfter: (ms) => sendAll({ t: 'later', ms }, ({ isWelcome }) => isWelcome),
    refusePublish(channel, code) {
      if (code === undefined) unpublishable.delete(channel)
      else unpublishable.set(channel, code)
    },
    enter(ch, member) {
      const isNew = !isThere(ch, member.id)
      channelOf(ch).guests.set(member.id, member)
      if (isNew) sendAll({ t: 'in', ch, member }, isIn(ch))
    },
    exit(ch, id) {
      if (channelOf(ch).guests.delete(id) && !isThere(ch, id)) sendAll({ t: 'out', ch, id }, isIn(ch))
    },
  }
}
