import type { Clock } from '../clock.ts'
import type { Cluster } from '../cluster.ts'
import type { TalkingConnection } from '../connection-info.ts'
import { createRedact } from '../log/redact.ts'
import { showFrame, sizeOf } from '../log/show-frame.ts'
import type { Verbs } from '../verbs.ts'
import type { Frame } from '../wire.ts'
import { Meter } from './meter.ts'
import type { ClusterState, FrameReport, Hello, InspectLine } from './report.ts'
import { takeState } from './take-state.ts'
import { type LineStream, Viewer } from './viewer.ts'

const STATE_MS = 1000
const MOST_VIEWERS = 10

type Seen = Pick<Verbs, 'on' | 'connections'> & { readonly cluster: Cluster }

/** Tells viewers what happens on a server. While there is none, nothing is listened to. */
export class Observatory {
  readonly #server: Seen
  readonly #clock: Clock
  readonly #hello: Hello
  readonly #redact = createRedact()
  readonly #viewers = new Set<Viewer>()
  readonly #stops: (() => void)[] = []
  #meter: Meter
  #cancel = (): void => {}
  #cancelNodes = (): void => {}

  constructor(server: Seen, clock: Clock, hello: Hello) {
    this.#server = server
    this.#clock = clock
    this.#hello = hello
    this.#meter = new Meter(clock.now())
  }

  get isFull(): boolean {
    return this.#viewers.size >= MOST_VIEWERS
  }

  /** Looks through this stream from now on, until the result is called. */
  watch(stream: LineStream, showsPayloads: boolean): () => void {
    const viewer = new Viewer(stream, this.#clock, showsPayloads)
    if (this.#viewers.size === 0) this.#open()
    this.#viewers.add(viewer)
    viewer.tell(this.#hello)
    viewer.tell(takeState(this.#clock.date(), this.#server.connections(), NO_RATES))
    return () => {
      viewer.stop()
      if (this.#viewers.delete(viewer) && this.#viewers.size === 0) this.#close()
    }
  }

  #open(): void {
    const { on } = this.#server
    this.#meter = new Meter(this.#clock.now())
    this.#stops.push(
      on('receive', (connection, frame) => this.#frame('in', connection, frame)),
      on('send', (connection, frame) => this.#frame('out', connection, frame)),
      on('connect', ({ id, endpoint, address }) =>
        this.#tell({ kind: 'connect', at: this.#clock.date(), connection: id, endpoint, address }),
      ),
      on('disconnect', ({ id, endpoint }, { code, reason }) =>
        this.#tell({ kind: 'disconnect', at: this.#clock.date(), connection: id, endpoint, code, reason }),
      ),
      on('crash', (error, where) => {
        const message = this.#redact(error instanceof Error ? error.message : String(error))
        this.#tell({ kind: 'crash', at: this.#clock.date(), where, message })
      }),
    )
    this.#cancel = this.#clock.after(STATE_MS, () => this.#state())
    this.#askNodes()
  }

  #close(): void {
    this.#cancel()
    this.#cancelNodes()
    for (const stop of this.#stops.splice(0)) stop()
  }

  #state(): void {
    const rates = this.#meter.take(this.#clock.now())
    this.#tell(takeState(this.#clock.date(), this.#server.connections(), rates))
    this.#cancel = this.#clock.after(STATE_MS, () => this.#state())
  }

  /** One that does not answer delays the next question alone. */
  #askNodes(): void {
    const { cluster } = this.#server
    let isOver = false
    this.#cancelNodes = () => {
      isOver = true
    }
    const tell = (nodes: ClusterState['nodes']): void => {
      const { store } = cluster
      if (isOver) return
      if (store) this.#tell({ kind: 'cluster', at: this.#clock.date(), node: cluster.own().id, store, nodes })
      this.#cancelNodes = this.#clock.after(STATE_MS, () => this.#askNodes())
    }
    cluster.all().then(tell)
  }

  #tell(line: InspectLine): void {
    for (const viewer of this.#viewers) viewer.tell(line)
  }

  #frame(direction: 'in' | 'out', connection: TalkingConnection, frame: Frame): void {
    const bytes = sizeOf(frame)
    this.#meter.count(direction, bytes)
    const { id, endpoint } = connection
    const report = once((): FrameReport => {
      const at = this.#clock.date()
      return {
        kind: 'frame',
        at,
        direction,
        connection: id,
        endpoint,
        ...connection.kindOf(frame, direction),
        bytes,
      }
    })
    const withText = once((): FrameReport => ({ ...report(), text: showFrame(frame, this.#redact) }))
    for (const viewer of this.#viewers) {
      if (viewer.isFull) viewer.miss()
      else viewer.tell(viewer.showsPayloads ? withText() : report())
    }
  }
}

/** Makes it when it is first wanted, and keeps it. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

const NO_RATES = { framesIn: 0, framesOut: 0, bytesIn: 0, bytesOut: 0 }
