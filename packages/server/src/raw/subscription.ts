import type { Member, Position, Stored } from '../adapter.ts'
import type { Denial, Granted } from '../authorize.ts'
import type { Subscriber } from '../hub.ts'
import type { RawConnection } from './connection.ts'
import { endings } from './endings.ts'
import { encodeMsg } from './frames.ts'

/** As many changes wait for the answer to a join. */
const MOST_HELD = 10_000
const LOOK_MS = 100

/** One channel of one connection, from its join on. */
export class Subscription implements Subscriber {
  readonly channel: string
  readonly grant: Granted
  readonly #connection: RawConnection
  #epoch = ''
  #off = 0
  /** What came before the join was answered. */
  #held: (() => void)[] | undefined = []
  #isOver = false
  /** The last one that was left out because the client reads too slowly. */
  #skipped: Position | undefined
  #cancelLook: (() => void) | undefined

  constructor(channel: string, grant: Granted, connection: RawConnection) {
    this.channel = channel
    this.grant = grant
    this.#connection = connection
  }

  get holder(): string {
    return this.#connection.session?.client ?? ''
  }

  get user(): string {
    return this.#connection.user?.id ?? ''
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** What comes from here on is sent after this position. */
  startAt({ epoch, off }: Position): void {
    this.#epoch = epoch
    this.#off = off
  }

  /** Sends the next of what was held; false when there is none, and from then on everything as it comes. */
  sendHeld(): boolean {
    const send = this.#held?.shift()
    if (send) send()
    else this.#held = undefined
    return send !== undefined
  }

  stop(): void {
    this.#isOver = true
    this.#held = undefined
    this.#cancelLook?.()
  }

  message(stored: Stored): void {
    if (this.#held) this.#hold(() => this.deliver(stored))
    else this.deliver(stored)
  }

  moved(position: Position): void {
    if (this.#held) this.#hold(() => this.#gap(position))
    else this.#gap(position)
  }

  joined(member: Member): void {
    const send = (): void => this.#connection.send({ t: 'join', ch: this.channel, member })
    this.#tellOfMember(send)
  }

  left(id: string): void {
    this.#tellOfMember(() => this.#connection.send({ t: 'leave', ch: this.channel, id }))
  }

  putOut(denial: Denial): void {
    this.#connection.putOut(this, denial)
  }

  /** Sends one message, unless it has been, and tells of a hole before it. */
  deliver(stored: Stored): void {
    if (this.#isOver) return
    const { epoch, off } = stored
    if (epoch === this.#epoch && off <= this.#off) return
    if (this.#connection.isSlow) return this.#skip(stored)
    if (epoch !== this.#epoch || off > this.#off + 1) this.#gap({ epoch, off: off - 1 })
    this.#off = off
    this.#connection.wire.send(encodeMsg(this.channel, stored))
  }

  #gap(position: Position): void {
    if (this.#isOver) return
    this.#skipped = undefined
    this.startAt(position)
    const { epoch, off } = position
    this.#connection.send({ t: 'gap', ch: this.channel, epoch, off })
  }

  #tellOfMember(send: () => void): void {
    if (!this.grant.presence) return
    if (this.#held) this.#hold(send)
    else send()
  }

  #hold(send: () => void): void {
    const count = this.#held?.push(send) ?? 0
    if (count > MOST_HELD) this.#connection.end(endings.overload)
  }

  /** The hole is told by the next message that finds the client reading, or when it reads again. */
  #skip({ epoch, off }: Stored): void {
    this.#skipped = { epoch, off }
    this.#connection.raw.tally.count('drops', { endpoint: 'raw', reason: 'slow' })
    if (!this.#cancelLook) this.#lookLater()
  }

  #look(): void {
    this.#cancelLook = undefined
    if (!this.#skipped) return
    if (this.#connection.isSlow) this.#lookLater()
    else this.#gap(this.#skipped)
  }

  #lookLater(): void {
    this.#cancelLook = this.#connection.raw.clock.after(LOOK_MS, () => this.#look())
  }
}
