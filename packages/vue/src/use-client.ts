import type { RegisteredClient } from '@org/realtime-core/bind'
import { type Source, useSource } from './provider.ts'

/**
 * The client of the nearest provider, typed by `Register`.
 * @throws RealtimeError `binding.no-provider` outside a provider
 */
export const useClient: () => RegisteredClient = /* @__PURE__ */ createUseClient()

export function createUseClient<T>(source?: Source): () => T {
  return () => useSource(source, 'useClient') as T
}
