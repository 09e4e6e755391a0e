import { type ClientFrame, type Code, parseClientFrame, type SubRequest } from '@org/realtime-raw-ws/codec'
import type { Seat } from './raw-ws-seats.ts'
import { type Connection, toRefusal, type World } from './raw-ws-world.ts'

type Welcomed = Connection & { readonly seat: Seat }
type FrameOf<T extends ClientFrame['t']> = Extract<ClientFrame, { readonly t: T }>
type Handlers = {
  readonly [T in ClientFrame['t']]: (world: World, connection: Welcomed, frame: FrameOf<T>) => void
}

const limits = { frameBytes: 65_536, channels: 1000, joins: 100 }

/** What the simulated server does about a frame of a client. */
export function handleFrame(world: World, connection: Connection, raw: string | Uint8Array): void {
  const frame = parseClientFrame(raw)
  const refuse = (code: Code, message: string): void => world.send(connection, { t: 'error', code, message })
  if (!('t' in frame)) return refuse(frame.bad, frame.message)
  if (frame.t === 'hello' && !connection.seat) return welcome(world, connection, frame)
  if (!connection.seat) return refuse('too-early', `Frame ${frame.t} before hello`)
  const handle = handlers[frame.t] as (world: World, connection: Connection, frame: ClientFrame) => void
  handle(world, connection, frame)
}

function welcome(world: World, connection: Connection, { v, token, session }: FrameOf<'hello'>): void {
  const { options, seats, table, send } = world
  if (v !== 1) return deny(world, connection, 'bad-version', 4002)
  const who = identify(world, token)
  if (!who) return deny(world, connection, 'unauthenticated', 4001)
  const { seat, resumed } = seats.take(session, who)
  connection.seat = seat
  const [oldest, , third] = [...table.sessions].filter((other) => other.seat === seat)
  if (third) oldest?.peer.end({ code: 4003, reason: 'Another connection took the session' })
  const { idleMs = 25_000, answerMs = 5000 } = options
  const { secret, client } = seat
  send(connection, { t: 'welcome', v: 1, session: secret, client, resumed, idleMs, answerMs, limits })
}

function identify({ tokens, options }: World, token: string | undefined) {
  tokens.push(token)
  return options.authenticate ? options.authenticate(token) : 'anonymous'
}

function deny({ send }: World, connection: Connection, code: Code, closeCode: number): void {
  send(connection, { t: 'denied', ...toRefusal(code), final: true })
  connection.peer.end({ code: closeCode, reason: code })
}

const handlers: Handlers = {
  hello: ({ send }, connection) =>
    send(connection, { t: 'error', code: 'bad-frame', message: 'This connection has said hello before' }),
  auth(world, connection, { token }) {
    const who = identify(world, token)
    if (!who || (who !== 'anonymous' && who.id !== connection.seat.member.id))
      return deny(world, connection, 'unauthenticated', 4001)
    world.send(connection, { t: 'authed' })
  },
  ping: ({ send }, connection) => send(connection, { t: 'pong' }),
  bye({ seats, presence }, { peer, seat }) {
    peer.end({ code: 1000, reason: 'Bye' })
    if (seats.leave(seat)) for (const channel of [...seat.places]) presence.leave(channel, seat)
  },
  sub(world, connection, { chs }) {
    for (const request of chs) join(world, connection, request)
  },
  unsub({ table, presence, send }, connection, { ch }) {
    connection.channels.delete(ch)
    const { seat } = connection
    const isElsewhere = [...table.sessions].some((other) => other.seat === seat && other.channels.has(ch))
    if (!isElsewhere) presence.leave(ch, seat)
    send(connection, { t: 'unsubbed', ch })
  },
  pub({ table, channels, unpublishable, send, tell }, connection, { id, ch, ev, data, ack }) {
    const code = unpublishable.get(ch)
    if (code) return send(connection, { t: 'nack', id, ch, ev, ...toRefusal(code) })
    const named = { id, channel: ch, event: ev, payload: data, session: connection.number, resent: false }
    const { duplicate } = table.record(named)
    if (!duplicate) tell(ch, channels.store({ ch, ev, data, id, from: connection.seat.client }))
    if (ack) send(connection, { t: 'ack', id, off: channels.placeOf(id) })
  },
  send({ table, find, send }, connection, { id, to, ev, data, ack }) {
    const receiver = find(to)
    const named = { id, channel: `@${to}`, event: ev, payload: data, session: connection.number }
    const { duplicate } = table.record({ ...named, resent: false })
    if (!receiver) return send(connection, { t: 'nack', id, ch: `@${to}`, ev, ...toRefusal('not-found') })
    if (!duplicate) send(receiver, { t: 'direct', from: connection.seat.client, ev, data, id })
    if (ack) send(connection, { t: 'ack', id })
  },
}

function join(world: World, connection: Welcomed, { ch, epoch, off }: SubRequest): void {
  const { table, channels, presence, send } = world
  const refusal = table.refusals.get(ch)
  if (refusal) {
    const { code = 'forbidden', retryMs } = refusal
    return send(connection, { t: 'refused', ch, ...toRefusal(code as Code, retryMs) })
  }
  const missed = channels.after(ch, epoch, off)
  const hasMembers = presence.has(ch)
  if (hasMembers) presence.enter(ch, connection.seat)
  connection.channels.add(ch)
  const position = channels.position(ch)
  send(connection, {
    t: 'subbed',
    ch,
    epoch: position.epoch,
    off: position.off - (missed?.length ?? 0),
    recovered: missed !== undefined,
    ...(hasMembers && { members: presence.members(ch), me: connection.seat.member.id }),
  })
  for (const message of missed ?? []) send(connection, message)
}
