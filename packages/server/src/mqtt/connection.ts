import {
  type Auth,
  type Connack,
  createDecoder,
  type Decoder,
  encode,
  type Level,
  type Packet,
} from '@org/realtime-mqtt/codec'
import { Expiry } from '../expiry.ts'
import type { Armed } from '../faults/armed.ts'
import type { FaultMoment } from '../faults/rule.ts'
import type { Direction, EndingCause, Frame, FrameKind, Wire, WireHandler } from '../wire.ts'
import { Authentication } from './authentication.ts'
import type { Broker } from './broker.ts'
import { connect } from './connecting.ts'
import { handle } from './handle.ts'
import { Incoming } from './incoming.ts'
import { KeepAlive } from './keep-alive.ts'
import type { OpenConnection } from './open-connection.ts'
import { kindOf } from './packets.ts'
import { OVER, type Phase, WAITING } from './phase.ts'
import { countRefusal, endingReasons, reasons, toConnackCode, toDisconnectCode } from './reasons.ts'
import { refuseVersion } from './refuse-version.ts'
import type { PacketSender } from './sender.ts'
import type { Attached, Session } from './session.ts'
import { toViolation, Violation } from './violation.ts'

/** One connection of MQTT, over whatever. Packets are handled one after the other, also when one takes its time. */
export class MqttConnection implements WireHandler, OpenConnection, Attached {
  readonly wire: Wire
  readonly broker: Broker
  readonly #decoder: Decoder
  #phase: Phase = WAITING
  #level: Level = 4
  #session: Session | undefined
  readonly #keepAlive: KeepAlive
  #cancelTimer: () => void
  #cancelDrain: (() => void) | undefined
  #expiry: Expiry | undefined
  #authentication: Authentication | undefined
  /** What has come while a packet took its time. */
  #waiting: Uint8Array[] | undefined

  constructor(wire: Wire, broker: Broker) {
    const { clock, options } = broker.context
    this.wire = wire
    this.broker = broker
    this.#keepAlive = new KeepAlive(clock)
    this.#decoder = createDecoder({ role: 'server', packet: (packet) => this.#handle(packet) })
    this.#cancelTimer = clock.after(options.times.helloMs, () => wire.close(1008, 'No CONNECT came in time'))
  }

  get level(): Level {
    return this.#level
  }

  get session(): Session {
    if (!this.#session) throw new Error('There is no session')
    return this.#session
  }

  get isFull(): boolean {
    return !this.isOver && this.wire.bufferedBytes > this.broker.context.options.limits.bufferBytes / 4
  }

  get isOver(): boolean {
    return this.#phase === OVER
  }

  get most(): number {
    return this.#phase.name === 'open' ? this.#phase.sender.most : 0
  }

  send(packet: Packet): void {
    if (this.#phase.name === 'open') this.#phase.sender.send(packet)
    else if (!this.isOver) this.wire.send(encode(packet, this.#level))
  }

  publish(...delivery: Parameters<PacketSender['publish']>): boolean {
    return this.#phase.name === 'open' && this.#phase.sender.publish(...delivery)
  }

  release(id: number, code: number): void {
    this.send({ type: 'pubrel', id, code })
  }

  /** Lets it in: CONNACK, then what waits for it. */
  open(session: Session, sender: PacketSender, connack: Connack, keepAliveMs: number): void {
    this.#cancelTimer()
    this.#session = session
    this.#phase = { name: 'open', sender, incoming: new Incoming(this.broker, this) }
    this.send(connack)
    if (keepAliveMs)
      this.#keepAlive.start(keepAliveMs, () => this.end(reasons.silent, 'Nothing came in time'))
    this.renew(session.user.expiresAt)
    session.outgoing.attach(this)
  }

  /** Its credentials end then. */
  renew(expiresAt: number | undefined): void {
    if (expiresAt === undefined && !this.#expiry) return
    this.#expiry ??= new Expiry({
      clock: this.broker.context.clock,
      aheadMs: 0,
      advise: () => {},
      end: () => this.end(reasons.connectTime, 'The credentials are over'),
    })
    this.#expiry.set(expiresAt)
  }

  /** Says why, as far as the level has a word for it, and ends the connection. */
  end(reason: number, sentence: string): void {
    if (this.isOver) return
    this.#sayWhy(reason, sentence)
    this.wire.close(reason < 0x80 ? 1000 : 1008, sentence)
  }

  /** A step of enhanced authentication, also of a client that is let in. */
  authenticate(packet: Auth): Promise<void> {
    if (this.#authentication) return this.#authentication.answer(packet)
    throw new Violation(reasons.protocolError, 'AUTH comes without a method in CONNECT')
  }

  strike<A extends FaultMoment>(at: A, ...channels: readonly string[]): Armed<A> | undefined {
    const { faults } = this.broker.context
    if (faults.isIdle) return undefined
    const { client, user } = this.about()
    return faults.strike(at, { connection: this.wire.id, endpoint: 'mqtt', client, user, channels })
  }

  frame(frame: Frame): void {
    this.#keepAlive.heard()
    // [MQTT-6.0.0-1]
    if (typeof frame === 'string') this.wire.close(1003, 'MQTT is sent in binary frames')
    else if (this.#waiting) this.#waiting.push(frame.slice())
    else this.#read(frame)
  }

  broken(error: unknown): void {
    const violation = toViolation(error)
    // A second CONNECT, whatever its version.
    const isSecond = violation?.code === reasons.badVersion && this.#phase.name === 'open'
    if (violation) return this.end(isSecond ? reasons.protocolError : violation.code, violation.message)
    this.broker.context.hooks.crash(error, 'endpoint mqtt')
    this.end(reasons.failed, 'A fault of the server')
  }

  ending(cause: EndingCause): void {
    this.#sayWhy(endingReasons[cause], '')
  }

  over(): void {
    if (this.#phase.name === 'open') this.#phase.incoming.stop()
    this.#phase = OVER
    this.#waiting = undefined
    this.#decoder.stop()
    this.#cancelTimer()
    this.#cancelDrain?.()
    this.#keepAlive.stop()
    this.#expiry?.cancel()
    if (this.#session?.attached === this) this.broker.lost(this.#session)
  }

  /** Clients have no word to move at: they are ended one by one, and come back elsewhere. */
  drain(windowMs: number): void {
    this.#cancelDrain = this.broker.context.clock.after(Math.random() * windowMs, () =>
      this.end(reasons.shuttingDown, 'The server goes away'),
    )
  }

  expire(inMs: number): void {
    if (inMs) this.renew(this.broker.context.clock.date() + inMs)
    else this.end(reasons.connectTime, 'The credentials are over')
  }

  about(): { client?: string; user?: string; channels?: readonly string[] } {
    if (this.#phase.name === 'connecting') return { client: this.#phase.connect.clientId }
    if (!this.#session) return {}
    const { client, user, filters } = this.#session
    return { client, user: user.id, channels: [...filters.keys()] }
  }

  kindOf(frame: Frame, direction: Direction): FrameKind {
    const phase = this.#phase
    if (phase.name !== 'open') return kindOf(frame)
    return direction === 'in' ? kindOf(frame, phase.incoming) : kindOf(frame, phase.sender, 'client')
  }

  #read(frame: Uint8Array): void {
    try {
      this.#decoder.push(frame)
    } catch (error) {
      if (this.#phase === WAITING) refuseVersion(this.wire, frame, toViolation(error)?.code)
      this.broken(error)
    }
  }

  #handle(packet: Packet): void {
    const work = this.#start(packet)
    if (!work) return
    this.#waiting = []
    this.#keepAlive.hold()
    this.wire.pause()
    work.then(
      () => this.#goOn(),
      (error: unknown) => {
        this.broken(error)
        this.#goOn()
      },
    )
  }

  #start(packet: Packet): void | Promise<void> {
    const phase = this.#phase
    if (phase.name === 'open') return handle(packet, this, phase.incoming)
    if (phase.name === 'connecting' && packet.type === 'auth') return this.authenticate(packet)
    if (packet.type !== 'connect' || phase !== WAITING)
      return this.wire.close(1002, 'The first packet is CONNECT, and there is one of it')
    this.#level = packet.level
    this.#authentication = Authentication.begin(this, packet)
    this.#phase = { name: 'connecting', connect: packet }
    return this.#authentication ? this.#authentication.start() : connect(this, packet)
  }

  #goOn(): void {
    this.#keepAlive.goOn()
    const waiting = this.#waiting ?? []
    let read = 0
    this.#waiting = undefined
    this.wire.resume()
    while (read < waiting.length && !this.#waiting) this.#read(waiting[read++] as Uint8Array)
    // One that takes its time makes the others wait again.
    if (this.#waiting) this.#waiting = waiting.slice(read)
  }

  #sayWhy(reason: number, sentence: string): void {
    const { name } = this.#phase
    const properties = sentence ? { reasonString: sentence } : undefined
    if (name === 'open' && this.#level === 5)
      this.send({ type: 'disconnect', code: toDisconnectCode(reason), properties })
    if (name !== 'connecting') return
    countRefusal(this.broker.context.tally, 'connection', reason)
    const code = toConnackCode(this.#level, reason)
    if (code !== undefined)
      this.send({ type: 'connack', level: this.#level, sessionPresent: false, code, properties })
  }
}
