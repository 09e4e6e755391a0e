import { createFakeClock, type FakeClock, settled } from '@org/realtime-testing'
import { expect, onTestFinished } from 'vitest'
import type { Frame, Wire, WireHandler } from '../wire.ts'
import { createRakitEndpoint } from './rakit-endpoint.ts'
import type { RakitOptions } from './rakit-options.ts'

export const NOW = 1_795_239_098

export interface TestClient {
  readonly id: string
  /** What it got since it was last asked, with `$a` for the id of the first client, `$b` for the second and so on. */
  take(): string[]
  /** Everything in one packet. */
  send(...frames: readonly Frame[]): Promise<void>
  leave(): Promise<void>
  /** How often it was asked to wait, and not yet to go on. */
  readonly pauses: number
  about(): ReturnType<NonNullable<WireHandler['about']>> | undefined
  /** Once it is cut: with which code, if any. */
  readonly end: { readonly code: number | undefined } | undefined
}

export interface RakitSetup {
  readonly clock: FakeClock
  connect(): Promise<TestClient>
  drain(windowMs: number): void
}

/** The endpoint on a fake clock, with clients that are frames in memory. */
export function setupRakit(options: RakitOptions = {}): RakitSetup {
  const clock = createFakeClock({ date: NOW * 1000 })
  const endpoint = createRakitEndpoint(options, clock)
  const names = new Map<string, string>()
  const open = new Map<Wire, { over(): void; drain(windowMs: number): void }>()
  const hideIds = (text: string): string =>
    [...names].reduce((shown, [id, name]) => shown.replaceAll(id, name), text)
  const showIds = (text: string): string =>
    [...names].reduce((shown, [id, name]) => shown.replaceAll(name, id), text)

  onTestFinished(() => {
    for (const { over } of open.values()) over()
    expect(clock.pending).toEqual([])
  })

  const connect = async (): Promise<TestClient> => {
    let got: string[] = []
    let end: { code: number | undefined } | undefined
    let id = ''
    let pauses = 0
    const wire: Wire = {
      id: `wire-${names.size}`,
      request: {
        path: '/rakit',
        params: {},
        query: new URLSearchParams(),
        headers: {},
        address: '::1',
        subprotocol: '',
      },
      bufferedBytes: 0,
      send(frame) {
        const text = String(frame)
        const own = /^Client #(\w{8}) connected$/.exec(text)?.[1]
        if (id === '' && own !== undefined) {
          id = own
          names.set(own, `$${String.fromCharCode(97 + names.size)}`)
        }
        got.push(text)
      },
      close(code) {
        end = { code }
        over()
      },
      pause() {
        pauses++
      },
      resume() {
        pauses--
      },
    }
    const over = (): void => void (open.delete(wire) && handler.over(1006, ''))
    const handler = endpoint.accept(wire)
    if (!end) open.set(wire, { over, drain: (windowMs) => handler.drain?.(windowMs) })
    await settled()
    return {
      get id() {
        return id
      },
      get pauses() {
        return pauses
      },
      about: () => handler.about?.(),
      get end() {
        return end
      },
      take() {
        const taken = got.map(hideIds)
        got = []
        return taken
      },
      async send(...frames) {
        for (const frame of frames) handler.frame(typeof frame === 'string' ? showIds(frame) : frame)
        await settled()
      },
      async leave() {
        over()
        await settled()
      },
    }
  }
  return {
    clock,
    connect,
    drain(windowMs) {
      for (const { drain } of [...open.values()]) drain(windowMs)
    },
  }
}

/** Two clients that have read what they are greeted with. */
export async function setupPair(
  options: RakitOptions = {},
): Promise<RakitSetup & { readonly a: TestClient; readonly b: TestClient }> {
  const setup = setupRakit(options)
  const [a, b] = [await setup.connect(), await setup.connect()]
  a.take()
  b.take()
  return { ...setup, a, b }
}
