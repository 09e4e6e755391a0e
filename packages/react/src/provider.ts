import type { AnyClient } from '@org/realtime-core'
import { RealtimeError } from '@org/realtime-core'
import {
  type Context,
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  version,
} from 'react'

export interface RealtimeProviderProps {
  /** What the hooks below use. The provider neither opens nor closes it. */
  readonly client: AnyClient
  /** Tells several clients apart: hooks of `createHooks(name)` use this one. @default 'default' */
  readonly name?: string
  readonly children?: ReactNode
}

/** Where hooks find their client: the nearest provider of this name, or the client itself. */
export type Source = string | AnyClient

type Contexts = Record<string, Context<AnyClient | undefined>>

/** Shared by all copies of this package that use one React, such as its ESM and CJS builds. */
const KEY = Symbol.for(`@org/realtime-react ${version}`)

function contextOf(name: string): Context<AnyClient | undefined> {
  const shared = globalThis as { [KEY]?: Contexts }
  shared[KEY] ??= {}
  shared[KEY][name] ??= createContext<AnyClient | undefined>(undefined)
  return shared[KEY][name]
}

/**
 * Gives a client to the hooks below. Providers may be nested: the nearest of a name counts.
 * @example
 * <RealtimeProvider client={client}><App /></RealtimeProvider>
 */
export function RealtimeProvider({
  client,
  name = 'default',
  children,
}: RealtimeProviderProps): ReactElement {
  return createElement(contextOf(name).Provider, { value: client }, children)
}

/** @throws RealtimeError `binding.no-provider` */
export function useSource(source: Source = 'default', hook: string): AnyClient {
  // Which of the two it is never changes for a hook.
  const isName = typeof source === 'string'
  const provided = useContext(contextOf(isName ? source : 'default'))
  if (!isName) return source
  if (provided) return provided
  throw new RealtimeError('binding.no-provider', `${hook}() needs <RealtimeProvider client={...}> above it`, {
    hook,
  })
}
