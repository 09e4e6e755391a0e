import type { Clock, Frame, SessionEnd, SessionEvents, Target } from '@org/realtime-core/kit'
import { Pipe } from './pipe.ts'

/** Decides over one frame on its way: passes it on, later, changed, twice or not at all. */
export type Intercept = (frame: Frame, pass: (frame: Frame) => void) => void

/** The far end of one session, in the hands of a test. */
export interface MemoryPeer {
  readonly target: Target
  /** As the far end sees it. */
  readonly state: 'dialing' | 'open' | 'over'
  /** What the client sent, whether it arrived or not. */
  readonly sent: readonly Frame[]
  /** How the client closed the session: `dead` when it did not wait for this end. */
  readonly closedBy: { readonly code: number; readonly reason: string } | 'dead' | undefined
  /** What the client's session tells as `bufferedBytes`. */
  bufferedBytes: number
  /** Lets the client in. @default the first subprotocol it offered */
  accept(subprotocol?: string): void
  send(...frames: Frame[]): void
  /** Ends an open session. @default code 1000 */
  end(end?: SessionEnd): void
  /** Ends a dial that was not accepted. @default status 503 */
  refuse(end?: SessionEnd): void
  /** Ends it as a lost network does: code 1006. */
  drop(): void
  /** From here on nothing arrives on either side and nobody is told: a half-open socket. */
  stall(): void
  /** What was held back arrives after all, in order. */
  unstall(): void
  /** Makes the client's nth `send` from now throw. */
  failSend(nth?: number, error?: unknown): void
  /** Hears the frames that arrive from the client. */
  onFrame(listener: (frame: Frame) => void): () => void
  /** Hears once that the session is over, whoever ended it. */
  onOver(listener: () => void): () => void
  intercept(direction: 'to-client' | 'to-peer', intercept: Intercept): () => void
  /** Reports to the client what a transport must not report any more, to prove that nobody listens. */
  lateOpen(subprotocol?: string): void
  lateFrame(frame: Frame): void
  lateEnd(end?: SessionEnd): void
}

export interface Wire {
  readonly clock: Clock | undefined
  readonly latencyMs: () => number
  /** Whether to overwrite bytes after they were delivered, as a transport that reuses its buffers does. */
  readonly reuseBuffers: boolean
  readonly record: boolean
}

/** Both ends of one session: `MemoryPeer` for the test, `Session` for the client by `clientSend` and `clientClose`. */
export class Peer implements MemoryPeer {
  readonly target: Target
  readonly sent: Frame[] = []
  closedBy: MemoryPeer['closedBy']
  bufferedBytes = 0
  state: MemoryPeer['state'] = 'dialing'
  readonly #wire: Wire
  readonly #events: SessionEvents
  readonly #toClient: Pipe
  readonly #toPeer: Pipe
  readonly #frameListeners = new Set<(frame: Frame) => void>()
  readonly #overListeners = new Set<() => void>()
  readonly #intercepts = { 'to-client': new Set<Intercept>(), 'to-peer': new Set<Intercept>() }
  #client: MemoryPeer['state'] = 'dialing'
  #failing: { left: number; readonly error: unknown } | undefined

  constructor(target: Target, events: SessionEvents, wire: Wire) {
    this.target = target
    this.#events = events
    this.#wire = wire
    this.#toClient = new Pipe(wire.clock, wire.latencyMs)
    this.#toPeer = new Pipe(wire.clock, wire.latencyMs)
  }

  accept(subprotocol = this.target.subprotocols[0] ?? ''): void {
    if (this.state === 'over') return
    if (this.state === 'open') throw new Error('The session is accepted already')
    this.state = 'open'
    this.#toClient.push(() => {
      if (this.#client !== 'dialing') return
      this.#client = 'open'
      this.#events.open(subprotocol)
    })
  }

  send(...frames: Frame[]): void {
    if (this.state === 'dialing') throw new Error('Accept the session before sending')
    for (const frame of frames)
      this.#pass('to-client', frame, (passed) => this.#toClient.push(() => this.#deliver(passed)))
  }

  end(end: SessionEnd = { code: 1000, reason: '' }): void {
    if (this.state === 'over') return
    this.#over()
    this.#toClient.push(() => {
      if (this.#client === 'over') return
      this.#client = 'over'
      this.#events.end(end)
    })
  }

  refuse(end: SessionEnd = REFUSED): void {
    if (this.state === 'open') throw new Error('The session is accepted already: use end()')
    this.end(end)
  }

  drop(): void {
    this.end({ code: 1006, reason: '' })
  }

  stall(): void {
    this.#toClient.stall()
    this.#toPeer.stall()
  }

  unstall(): void {
    this.#toClient.unstall()
    this.#toPeer.unstall()
  }

  failSend(nth = 1, error: unknown = new Error('Send failed')): void {
    this.#failing = { left: nth, error }
  }

  onFrame(listener: (frame: Frame) => void): () => void {
    return add(this.#frameListeners, (frame: Frame) => listener(frame))
  }

  onOver(listener: () => void): () => void {
    return add(this.#overListeners, () => listener())
  }

  intercept(direction: 'to-client' | 'to-peer', intercept: Intercept): () => void {
    return add(this.#intercepts[direction], intercept)
  }

  lateOpen(subprotocol = ''): void {
    this.#toClient.push(() => this.#events.open(subprotocol))
  }

  lateFrame(frame: Frame): void {
    this.#toClient.push(() => this.#events.frame(frame))
  }

  lateEnd(end: SessionEnd = { code: 1006, reason: '' }): void {
    this.#toClient.push(() => this.#events.end(end))
  }

  /** Tells the far end of the dial. */
  arrive(dialled: () => void): void {
    this.#toPeer.push(() => {
      if (this.state === 'dialing') dialled()
    })
  }

  clientSend(frame: Frame): void {
    if (this.#client !== 'open') throw new Error('Session is not open')
    if (this.#failing && !--this.#failing.left) {
      const { error } = this.#failing
      this.#failing = undefined
      throw error
    }
    const own = copy(frame)
    if (this.#wire.record) this.sent.push(own)
    this.#pass('to-peer', own, (passed) =>
      this.#toPeer.push(() => {
        if (this.state === 'open') for (const listener of [...this.#frameListeners]) listener(passed)
      }),
    )
  }

  clientClose(code?: number, reason = ''): void {
    if (this.#client === 'over') return
    this.#client = 'over'
    this.closedBy = code === undefined ? 'dead' : { code, reason }
    this.#toPeer.push(() => this.#over())
  }

  #over(): void {
    if (this.state === 'over') return
    this.state = 'over'
    for (const listener of [...this.#overListeners]) listener()
  }

  #deliver(frame: Frame): void {
    if (this.#client !== 'open') return
    const own = copy(frame)
    this.#events.frame(own)
    if (this.#wire.reuseBuffers && typeof own !== 'string') own.fill(0)
  }

  #pass(direction: 'to-client' | 'to-peer', frame: Frame, arrive: (frame: Frame) => void): void {
    const pass = [...this.#intercepts[direction]].reduceRight<(frame: Frame) => void>(
      (next, intercept) => (passing) => intercept(passing, next),
      arrive,
    )
    pass(frame)
  }
}

/** Made once: simulations refuse a hundred thousand dials, and every error collects its stack. */
const REFUSED: SessionEnd = { status: 503, error: new Error('Upgrade refused with status 503') }

const copy = (frame: Frame): Frame => (typeof frame === 'string' ? frame : frame.slice())

function add<T>(set: Set<T>, item: T): () => void {
  set.add(item)
  return () => set.delete(item)
}
