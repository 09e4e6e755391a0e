import { createHmac } from 'node:crypto'
import { createFakeClock, type FakeClock, settled } from '@org/realtime-testing'
import { expect, onTestFinished } from 'vitest'
import type { Carrier } from '../carrier.ts'
import type { Core } from '../core.ts'
import { createMemoryCore, toRequest } from '../memory-test-setup.ts'
import type { ServerOptions } from '../options.ts'
import { endConnections } from '../shutdown.ts'
import { createVerbs, type Verbs } from '../verbs.ts'
import type { WireRequest } from '../wire.ts'
import type { PusherApp, PusherOptions } from './app.ts'

export const KEY = 'app-key'
export const SECRET = 'app-secret'
export const APP: PusherApp = { id: 'app-id', key: KEY, secret: SECRET, enableClientMessages: true }

// Written without the code under test.
const hmac = (text: string): string => createHmac('sha256', SECRET).update(text).digest('hex')
export const authOf = (...parts: readonly string[]): string => `${KEY}:${hmac(parts.join(':'))}`

type Sent = Readonly<Record<string, unknown>>

/** A client by frames. */
export interface Guest {
  /** Its connection, as the server calls it. */
  readonly id: string
  readonly socketId: string
  /** Sends, and gives what comes of it. */
  say(...frames: readonly (Sent | string)[]): Promise<readonly Sent[]>
  /** Everything received since the last look, as it is on the wire. */
  take(): readonly Sent[]
  /** Joins with whatever signature it takes. */
  join(channel: string, member?: object): Promise<readonly Sent[]>
  signin(user: object): Promise<readonly Sent[]>
  /** The network is lost. */
  drop(): Promise<void>
  /** How the server ended it: `cut` without a word. */
  readonly end: { readonly code: number; readonly reason: string } | 'cut' | undefined
}

export interface PusherSetup extends Verbs {
  readonly clock: FakeClock
  readonly core: Core
  readonly crashes: unknown[]
  /** Dials; the first frames are there to be taken. */
  dial(request?: Partial<WireRequest>): Promise<Guest>
  /** Dials, and has taken the first frame. */
  connect(request?: Partial<WireRequest>): Promise<Guest>
}

/** `/app/{key}` on a fake clock and without sockets. The end of the test fails on crashes that it did not take. */
export function setupPusher(options: PusherOptions = {}, more: ServerOptions = {}): PusherSetup {
  const clock = createFakeClock()
  const core = createMemoryCore({ ...more, pusher: { apps: [APP], ...options } }, clock)
  const crashes: unknown[] = []
  core.hooks.on('crash', (error) => crashes.push(error))
  onTestFinished(async () => {
    endConnections(core)
    await core.stop()
    expect(clock.pending).toEqual([])
    expect(crashes).toEqual([])
  })

  const dial = async (request: Partial<WireRequest> = {}): Promise<Guest> => {
    const path = request.path ?? `/app/${KEY}`
    const { value: endpoint, params } = core.endpoints.find(path) ?? {}
    if (!endpoint || !params) throw new Error(`There is no ${path}`)
    const received: Sent[] = []
    let socketId = ''
    let end: Guest['end']
    const carrier: Carrier = {
      bufferedBytes: 0,
      send(frame) {
        const sent = JSON.parse(`${frame}`) as Sent
        if (sent['event'] === 'pusher:connection_established')
          socketId = JSON.parse(`${sent['data']}`).socket_id
        received.push(sent)
        return frame.length
      },
      close(code, reason) {
        end ??= { code, reason }
      },
      cut() {
        end ??= 'cut'
      },
      pause() {},
      resume() {},
    }
    const connection = core.serve(endpoint, carrier, toRequest({ path, params, ...request }))
    const guest: Guest = {
      id: connection.id,
      get socketId() {
        return socketId
      },
      async say(...frames) {
        for (const frame of frames) {
          const text = typeof frame === 'string' ? frame : JSON.stringify(frame)
          connection.frame(text, text.length)
        }
        await settled()
        return guest.take()
      },
      take: () => received.splice(0),
      join(channel, member) {
        const channel_data = member && JSON.stringify(member)
        const auth = authOf(socketId, channel, ...(channel_data ? [channel_data] : []))
        return guest.say({ event: 'pusher:subscribe', data: { channel, auth, channel_data } })
      },
      signin(user) {
        const user_data = JSON.stringify(user)
        return guest.say({
          event: 'pusher:signin',
          data: { auth: authOf(socketId, '', 'user', '', user_data), user_data },
        })
      },
      async drop() {
        connection.ended(1006, '')
        await settled()
      },
      get end() {
        return end
      },
    }
    await settled()
    return guest
  }

  return {
    ...createVerbs(core),
    clock,
    core,
    crashes,
    dial,
    async connect(request) {
      const guest = await dial(request)
      guest.take()
      return guest
    },
  }
}

/** A frame with its data decoded. */
export const decoded = (frame: Sent | undefined): Sent => ({
  ...frame,
  ...(typeof frame?.['data'] === 'string' && { data: JSON.parse(frame['data']) }),
})
