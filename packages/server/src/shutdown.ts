import type { Core } from './core.ts'
import type { Listener } from './listener.ts'
import type { OwnRoutes } from './own-routes.ts'

/** Of the time in all: whoever is asked last has the rest of it to be elsewhere. */
const ASKED_WITHIN = 2 / 3

/** Resolves when every client has moved, or the time is over. */
export function drain({ connections, clock }: Core, withinMs: number): Promise<void> {
  if (!withinMs) return Promise.resolve()
  const askedMs = Math.round(withinMs * ASKED_WITHIN)
  for (const connection of connections) connection.drain(askedMs)
  return new Promise((resolve) => {
    const cancel = clock.after(withinMs, () => {
      forget()
      resolve()
    })
    const forget = connections.whenEmpty(() => {
      cancel()
      resolve()
    })
  })
}

/** Ends every connection. Until its turn each hears nothing more: it would be told of everybody who goes before. */
export function endConnections({ connections }: Pick<Core, 'connections'>): void {
  for (const connection of connections) connection.hush()
  for (const connection of connections) connection.endBy('gone')
}

/** Ends every connection, and then everything else. */
export async function endAll(
  core: Core,
  listeners: readonly Pick<Listener, 'close'>[],
  own: OwnRoutes,
): Promise<void> {
  endConnections(core)
  own.close()
  await Promise.all(listeners.map((listener) => listener.close(core.options.times.closeMs)))
  await core.stop()
}
