import { parseBinaryFrame, type ServerFrame, SUBPROTOCOL } from '@org/realtime-raw-ws/codec'
import { createFakeClock, type FakeClock, settled } from '@org/realtime-testing'
import { expect, onTestFinished } from 'vitest'
import type { Carrier } from '../carrier.ts'
import type { Core } from '../core.ts'
import { createMemoryCore, toRequest } from '../memory-test-setup.ts'
import type { ServerOptions } from '../options.ts'
import { endConnections } from '../shutdown.ts'
import { createVerbs, type Verbs } from '../verbs.ts'
import type { Frame, WireRequest } from '../wire.ts'

type Said = Frame | object

/** A client by frames. */
export interface Guest {
  /** Its connection, as the server calls it. */
  readonly id: string
  /** Sends, and waits for what comes of it. */
  say(...frames: readonly Said[]): Promise<readonly object[]>
  /** Sends without waiting. */
  send(...frames: readonly Said[]): void
  /** Everything received since the last look. Bytes stand in `data`. */
  take(): readonly object[]
  /** Says hello; answers with the welcome. */
  hello(rest?: object): Promise<ServerFrame & { readonly t: 'welcome' }>
  /** The network is lost. */
  drop(): Promise<void>
  /** How the server ended it: `cut` without a word. */
  readonly end: { readonly code: number; readonly reason: string } | 'cut' | undefined
  readonly isPaused: boolean
  /** What the carrier says that it could not send yet. */
  bufferedBytes: number
}

export interface RawSetup extends Verbs {
  readonly clock: FakeClock
  readonly core: Core
  /** What the code of users has thrown. */
  readonly crashes: unknown[]
  connect(request?: Partial<WireRequest>): Guest
  /** Connects, says hello and joins. */
  enter(...channels: readonly string[]): Promise<Guest>
}

/** `/raw` on a fake clock and without sockets. The end of the test fails on crashes that it did not take. */
export function setupRaw(options: ServerOptions = {}): RawSetup {
  const clock = createFakeClock()
  const core = createMemoryCore(options, clock)
  const crashes: unknown[] = []
  core.hooks.on('crash', (error) => crashes.push(error))
  onTestFinished(async () => {
    endConnections(core)
    await core.stop()
    expect(clock.pending).toEqual([])
    expect(crashes).toEqual([])
  })

  const connect = (request: Partial<WireRequest> = {}): Guest => {
    const { value: endpoint } = core.endpoints.find('/raw') ?? {}
    if (!endpoint) throw new Error('There is no /raw')
    const received: object[] = []
    let end: Guest['end']
    let isPaused = false
    const carrier: Carrier = {
      get bufferedBytes() {
        return guest.bufferedBytes
      },
      send(frame) {
        received.push(toShown(frame))
        return frame.length
      },
      close(code, reason) {
        end = { code, reason }
      },
      cut() {
        end = 'cut'
      },
      pause() {
        isPaused = true
      },
      resume() {
        isPaused = false
      },
    }
    const connection = core.serve(endpoint, carrier, toRequest({ subprotocol: SUBPROTOCOL, ...request }))
    const guest: Guest = {
      id: connection.id,
      bufferedBytes: 0,
      send(...frames) {
        for (const frame of frames) {
          const wire =
            typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame)
          connection.frame(wire, wire.length)
        }
      },
      async say(...frames) {
        guest.send(...frames)
        await settled()
        return guest.take()
      },
      take: () => received.splice(0),
      async hello(rest = {}) {
        const [welcome] = await guest.say({ t: 'hello', v: 1, ...rest })
        return welcome as ServerFrame & { t: 'welcome' }
      },
      async drop() {
        connection.ended(1006, '')
        await settled()
      },
      get end() {
        return end
      },
      get isPaused() {
        return isPaused
      },
    }
    return guest
  }

  return {
    ...createVerbs(core),
    clock,
    core,
    crashes,
    connect,
    async enter(...channels) {
      const guest = connect()
      await guest.hello()
      if (channels.length) await guest.say({ t: 'sub', chs: channels.map((ch) => ({ ch })) })
      return guest
    },
  }
}

function toShown(frame: Frame): object {
  if (typeof frame === 'string') return JSON.parse(frame)
  const { header = '{}', payload } = parseBinaryFrame(frame) ?? {}
  return { ...JSON.parse(header), data: payload?.slice() }
}
