import { type ChannelOptions, defineChannels, event } from '@org/realtime-core'
import type { Protocol } from '@org/realtime-core/kit'
import { createAckedProtocol, createAckedServer, createTestClient } from '@org/realtime-testing'
import { onTestFinished, vi } from 'vitest'
import { defineInspector, type Inspected } from './index.ts'

const channels = defineChannels({
  'room-{id}': { Said: event<{ text: string }>() },
})

/** A client in memory, with what it is listened to by. */
export function createFake(
  { describe }: { readonly describe: Protocol['describe'] | undefined } = { describe: (frame) => `${frame}` },
) {
  const protocol = { ...createAckedProtocol(), ...(describe && { describe }) }
  const farEnd = { protocol, server: createAckedServer() }
  const fake = createTestClient({ channels, protocol: farEnd, atEnd: onTestFinished })
  const { client } = fake
  const room = (id = 1, options?: ChannelOptions) => client.channel('room-{id}', { id }, options)
  const listeners = { status: 0, trace: 0 }
  for (const name of ['status', 'trace'] as const) {
    const { subscribe } = client[name]
    Object.assign(client[name], {
      subscribe(listener: never) {
        const stop = subscribe(listener)
        listeners[name]++
        return () => {
          listeners[name]--
          stop()
        }
      },
    })
  }
  return { ...fake, room, listeners }
}

/** Frames that come when they are asked for. */
export function holdFrames() {
  const waiting = new Map<number, () => void>()
  let last = 0
  vi.stubGlobal('requestAnimationFrame', (run: () => void) => {
    waiting.set(++last, run)
    return last
  })
  vi.stubGlobal('cancelAnimationFrame', (id: number) => waiting.delete(id))
  onTestFinished(() => void vi.unstubAllGlobals())
  return {
    waiting,
    frame(): void {
      const runs = [...waiting.values()]
      waiting.clear()
      for (const run of runs) run()
    },
  }
}

/** An inspector in the page, and what it shows. */
export function show(client: Inspected | undefined) {
  defineInspector()
  const element = document.createElement('realtime-inspector')
  element.client = client
  document.body.append(element)
  onTestFinished(() => element.remove())
  return { element, ...look(element) }
}

export function look({ shadowRoot }: Element) {
  const find = (selector: string): HTMLElement => {
    const found = shadowRoot?.querySelector<HTMLElement>(selector)
    if (!found) throw new Error(`There is no ${selector}`)
    return found
  }
  return {
    find,
    text: (selector: string): string => find(selector).textContent ?? '',
    texts: (selector: string): readonly string[] =>
      [...(shadowRoot?.querySelectorAll(selector) ?? [])].map(({ textContent }) => textContent ?? ''),
    press: (label: string): void => {
      const button = [...(shadowRoot?.querySelectorAll('button') ?? [])].find(
        ({ textContent }) => textContent === label,
      )
      if (!button) throw new Error(`There is no button ${label}`)
      button.click()
    },
    type: (selector: string, value: string): void => {
      const field = find(selector) as HTMLInputElement
      field.value = value
      field.dispatchEvent(new Event(field.tagName === 'SELECT' ? 'change' : 'input'))
    },
  }
}
