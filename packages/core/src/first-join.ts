import type { AnyClient } from './api.ts'
import type { AnyChannel } from './binding-types.ts'
import type { Environment } from './environment.ts'

const joins = new WeakMap<Environment, Map<string, Promise<void>>>()

/**
 * Joins a channel for a component that waits for it. Nothing when it is joined; else a promise, the same for all
 * who wait, after which to ask again. The channel is kept a little longer
 * than `lingerMs`, which may be 0, so that the component can hold it or tell why it was refused.
 * @throws RealtimeError when the channel is rejected, or the client has failed
 */
export function firstJoin(client: AnyClient, channel: AnyChannel): Promise<void> | undefined {
  const { lastError, status } = client.status.get()
  if (status === 'failed') throw lastError
  const joined = channel.status.get()
  if (joined.state === 'rejected') throw joined.error
  if (joined.state === 'joined') return
  const { name, '~env': env } = channel
  const pending = joins.get(env) ?? new Map<string, Promise<void>>()
  const promise =
    pending.get(name) ??
    new Promise<void>((resolve) => {
      const leave = channel.join()
      const end = (): void => {
        stop()
        cancel?.()
        leave()
      }
      const stop = channel.status.subscribe(({ state }) => {
        if (state === 'joining') return
        pending.delete(name)
        resolve()
        if (state === 'left') end()
        else cancel ??= env.clock.after(100, end)
      })
      let cancel: (() => void) | undefined
    })
  joins.set(env, pending.set(name, promise))
  return promise
}
