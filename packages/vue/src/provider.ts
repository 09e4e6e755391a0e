import { type AnyClient, RealtimeError } from '@org/realtime-core'
import {
  defineComponent,
  Fragment,
  h,
  hasInjectionContext,
  type InjectionKey,
  inject,
  type Plugin,
  type PropType,
  provide,
  toValue,
} from 'vue'

export interface RealtimeOptions {
  /** Tells several clients apart: composables of `createHooks(name)` use this one. @default 'default' */
  readonly name?: string
}

/** Where composables find their client: the nearest provider of this name, or the client itself. */
export type Source = string | AnyClient

/** The same in all copies of this package, such as its ESM and CJS builds. */
const keyOf = (name = 'default'): InjectionKey<AnyClient | (() => AnyClient)> =>
  Symbol.for(`@org/realtime-vue ${name}`)

/**
 * Gives a client to a whole app. The plugin neither opens nor closes it.
 * @example
 * createApp(App).use(createRealtime(client)).mount('#app')
 */
export function createRealtime(client: AnyClient, { name }: RealtimeOptions = {}): Plugin {
  return { install: (app) => void app.provide(keyOf(name), client) }
}

/** Gives a client to the component that calls this, and to what is below it. The nearest of a name counts. */
export function provideRealtime(client: AnyClient, { name }: RealtimeOptions = {}): void {
  provide(keyOf(name), client)
}

/**
 * Gives a client to what is in its slot; another client mounts that anew.
 * @example
 * <RealtimeProvider :client="client"><App /></RealtimeProvider>
 */
export const RealtimeProvider = /* @__PURE__ */ defineComponent({
  name: 'RealtimeProvider',
  props: { client: { type: Object as PropType<AnyClient>, required: true }, name: String },
  setup(props, { slots }) {
    provide(keyOf(props.name), () => props.client)
    // Keys are compared by identity, whatever they are.
    return () => h(Fragment, { key: props.client as never }, slots['default']?.())
  },
})

/** @throws RealtimeError `binding.no-provider` */
export function useSource(source: Source | undefined, hook: string): AnyClient {
  if (typeof source === 'object') return source
  const client = hasInjectionContext() ? toValue(inject(keyOf(source), undefined)) : undefined
  if (client) return client
  throw new RealtimeError('binding.no-provider', `${hook}() needs app.use(createRealtime(client))`, { hook })
}
