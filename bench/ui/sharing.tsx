import { createHooks as createReactHooks, useEvent as useReactEvent } from '@org/realtime-react'
import { createHooks as createVueHooks, useEvent as useVueEvent } from '@org/realtime-vue'
import { defineComponent } from 'vue'
import { createRowsClient, type RowsClient } from './client.ts'
import { mountRows as mountReact } from './react-rows.tsx'
import type { Mounted } from './strategy.ts'
import { mountRows as mountVue } from './vue-rows.ts'

const COMPONENTS = 1000
const CHANNELS = 10
/** What a channel lingers, what the connection stays up after it, and something to spare. */
const GONE_MS = 1000 + 5000 + 1000

export interface Sharing {
  readonly name: string
  readonly subscribes: number
  readonly unsubscribes: number
  /** What is not over after unmounting all and waiting. */
  readonly left: readonly string[]
}

type Mount = (root: HTMLElement, client: RowsClient) => Promise<Pick<Mounted, 'unmount'>>

const react: Mount = (root, client) => {
  const { useChannel } = createReactHooks(client)
  function Row({ row }: { readonly row: number }) {
    useReactEvent(useChannel('shared-{n}', { n: row % CHANNELS }), 'Moved', () => {})
    return null
  }
  return mountReact(root, COMPONENTS, Row)
}

const vue: Mount = (root, client) => {
  const { useChannel } = createVueHooks(client)
  const Row = defineComponent(
    ({ row }: { readonly row: number }) => {
      useVueEvent(useChannel('shared-{n}', { n: row % CHANNELS }), 'Moved', () => {})
      return () => null
    },
    { props: ['row'] },
  )
  return mountVue(root, COMPONENTS, Row)
}

async function count(name: string, mount: Mount): Promise<Sharing> {
  const { client, frames } = createRowsClient()
  const root = document.createElement('div')
  const { unmount } = await mount(root, client)
  await unmount()
  await new Promise((resolve) => setTimeout(resolve, GONE_MS))
  const names = Array.from({ length: CHANNELS }, (_, n) => `shared-${n}`)
  const isLeft = (channel: string): boolean => client.untyped(channel).status.get().state === 'left'
  const { status } = client.status.get()
  return {
    name,
    subscribes: frames.filter((frame) => frame.startsWith('subscribe')).length,
    unsubscribes: frames.filter((frame) => frame.startsWith('unsubscribe')).length,
    left: [
      ...names.filter((channel) => !isLeft(channel)),
      ...(status === 'idle' ? [] : [`a client, ${status}`]),
    ],
  }
}

/** 1,000 components on 10 channels: what they ask of the wire, and what is left of them. */
export const sharing = (): Promise<readonly Sharing[]> =>
  Promise.all([count('React', react), count('Vue', vue)])
