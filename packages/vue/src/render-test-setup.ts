import type { Client, RealtimeError } from '@org/realtime-core'
import { createTestClient, settled } from '@org/realtime-testing'
import { mount } from '@vue/test-utils'
import { expect, onTestFinished, vi } from 'vitest'
import {
  type Component,
  defineComponent,
  h,
  nextTick,
  onErrorCaptured,
  shallowRef,
  type VNodeChild,
} from 'vue'
import { type ChannelOf, createHooks, createRealtime, useEvent } from './index.ts'
import { channels } from './registry-test-setup.ts'

export const backends = ['acked', 'send-only', 'binary'] as const
export type Backend = (typeof backends)[number]

/** What the channels of `news` and `room-{id}` can do on every protocol. */
export type AnyBackend = Client<typeof channels>

export const hooks = createHooks<AnyBackend>()

export type News = ChannelOf<AnyBackend, 'news'>

/** A component that is its setup: what that returns is rendered. */
export const component = (setup: () => () => VNodeChild): Component => defineComponent({ setup })

/** Adds what it hears to a list. */
export const ear = (log: unknown[]): Component =>
  component(() => {
    useEvent(hooks.useChannel('news'), 'Told', ({ n }) => log.push(n))
    return () => null
  })

/** A client in memory, and a page that shows components with it. */
export function setup<const N extends Backend = 'acked'>(
  protocol: N = 'acked' as N,
  clientOptions: NonNullable<
    Parameters<typeof createTestClient<typeof channels, N>>[0]
  >['clientOptions'] = {},
) {
  const fake = createTestClient({ channels, protocol, clientOptions })
  const printed = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn')]
  let isNoisy = false
  const unmounts: (() => void)[] = []
  onTestFinished(async () => {
    for (const unmount of unmounts) unmount()
    await fake.finish()
    const calls = printed.flatMap(({ mock }) => mock.calls)
    for (const spy of printed) spy.mockRestore()
    if (!isNoisy) expect(calls).toEqual([])
  })
  return {
    ...fake,
    /** Vue warns of a component whose setup has thrown. */
    expectPrints() {
      isNoisy = true
      for (const spy of printed) spy.mockImplementation(() => {})
    },
    async show(shown: Component) {
      const page = mount(shown, { global: { plugins: [createRealtime(fake.client)] } })
      let unmount = (): void => {
        unmount = () => {}
        page.unmount()
      }
      unmounts.push(() => unmount())
      await settled()
      await nextTick()
      return {
        text: () => page.text(),
        click: async (index = 0) => {
          await page.findAll('button')[index]?.trigger('click')
        },
        async unmount() {
          unmount()
          await settled()
        },
      }
    },
    /** The channel as the server has it; what it emits is shown with the next frame. */
    async emit(channel: string, name: string, ...payloads: readonly unknown[]) {
      for (const payload of payloads) fake.server.publish(channel, name, payload)
      await settled()
    },
    /** Lets time pass. */
    advance: (ms: number) => fake.clock.advance(ms),
    /** Everything that was asked of the server, over all sessions, as text. */
    frames: () => fake.transport.sessions.flatMap(({ sent }) => sent.map(toText)),
  }
}

const toText = (frame: string | Uint8Array): string =>
  typeof frame === 'string' ? frame : new TextDecoder().decode(frame)

/** Lets the browser show a frame. */
export async function frame(): Promise<void> {
  await new Promise<void>((resolve) => requestAnimationFrame(() => resolve()))
  await nextTick()
}

/** Lets what has changed reach the page. */
export async function changed(): Promise<void> {
  await nextTick()
  await settled()
  await nextTick()
}

/** Shows the code of what its child throws. */
export const boundary = (child: Component): Component =>
  component(() => {
    const error = shallowRef<RealtimeError>()
    onErrorCaptured((caught) => {
      // Not in the middle of the render that has failed.
      nextTick(() => {
        error.value = caught as RealtimeError
      })
      return false
    })
    return () => (error.value ? `caught ${error.value.code}` : h(child))
  })
