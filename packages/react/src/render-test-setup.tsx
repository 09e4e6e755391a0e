import type { Client, RealtimeError } from '@org/realtime-core'
import { createTestClient, settled } from '@org/realtime-testing'
import { act, cleanup, render } from '@testing-library/react'
import { Component, type ReactNode, StrictMode } from 'react'
import { expect, onTestFinished, vi } from 'vitest'
import { type ChannelOf, createHooks, RealtimeProvider, useEvent } from './index.ts'
import { channels } from './registry-test-setup.ts'

export const backends = ['acked', 'send-only', 'binary'] as const
export type Backend = (typeof backends)[number]

/** What the channels of `news` and `room-{id}` can do on every protocol. */
export type AnyBackend = Client<typeof channels>

export const hooks = createHooks<AnyBackend>()

export type News = ChannelOf<AnyBackend, 'news'>

/** Adds what it hears to a list. */
export function Ear({ log }: { readonly log: unknown[] }) {
  useEvent(hooks.useChannel('news'), 'Told', ({ n }) => log.push(n))
  return null
}

/** A client in memory, and a page that shows components with it. */
export function setup<const N extends Backend = 'acked'>(
  protocol: N = 'acked' as N,
  clientOptions: NonNullable<
    Parameters<typeof createTestClient<typeof channels, N>>[0]
  >['clientOptions'] = {},
) {
  const fake = createTestClient({ channels, protocol, clientOptions })
  const consoleError = vi.spyOn(console, 'error')
  const consoleWarn = vi.spyOn(console, 'warn')
  let isNoisy = false
  onTestFinished(async () => {
    cleanup()
    await fake.finish()
    const printed = [...consoleError.mock.calls, ...consoleWarn.mock.calls]
    consoleError.mockRestore()
    consoleWarn.mockRestore()
    if (!isNoisy) expect(printed).toEqual([])
  })
  const wrap = (children: ReactNode) => (
    <StrictMode>
      <RealtimeProvider client={fake.client}>{children}</RealtimeProvider>
    </StrictMode>
  )
  return {
    ...fake,
    /** React prints what an error boundary has caught. */
    expectPrints() {
      isNoisy = true
      consoleError.mockImplementation(() => {})
    },
    /** Shows it in StrictMode, below a provider. */
    async show(children: ReactNode) {
      const view = render(wrap(children))
      await act(settled)
      return {
        text: () => view.container.textContent,
        click: async (index = 0) => {
          await act(async () => view.container.querySelectorAll('button')[index]?.click())
        },
        async change(next: ReactNode) {
          view.rerender(wrap(next))
          await act(settled)
        },
        async unmount() {
          view.unmount()
          await settled()
        },
      }
    },
    /** The channel as the server has it; what it emits is shown with the next frame. */
    async emit(channel: string, name: string, ...payloads: readonly unknown[]) {
      await act(async () => {
        for (const payload of payloads) fake.server.publish(channel, name, payload)
        await settled()
      })
    },
    /** Lets time pass. */
    advance: (ms: number) => act(() => fake.clock.advance(ms)),
    drop: () => act(() => fake.drop()),
    /** Everything that was asked of the server, over all sessions, as text. */
    frames: () => fake.transport.sessions.flatMap(({ sent }) => sent.map(toText)),
  }
}

const toText = (frame: string | Uint8Array): string =>
  typeof frame === 'string' ? frame : new TextDecoder().decode(frame)

/** Lets the browser show a frame. */
export const frame = (): Promise<void> =>
  act(() => new Promise<void>((resolve) => requestAnimationFrame(() => resolve())))

/** Shows the code of what its children throw. */
export class Boundary extends Component<
  { readonly children: ReactNode },
  { readonly error?: RealtimeError }
> {
  override state: { readonly error?: RealtimeError } = {}

  static getDerivedStateFromError(error: RealtimeError) {
    return { error }
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <button
        type="button"
        onClick={() => this.setState({ error: undefined as never })}
      >{`caught ${error.code}`}</button>
    )
  }
}
