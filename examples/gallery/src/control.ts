import type { FaultRule } from '@org/realtime-server'
import type { Address } from './channels.ts'

/** The faults of the server, over HTTP. */
export interface Control {
  /** Does it once, or from now on until the result is called. */
  add(rule: FaultRule): Promise<() => Promise<void>>
  publish(channel: string, event: string, payload: unknown): Promise<void>
}

/** Verbs run one after the other, in the order of the calls. */
export function createControl({ url, token }: Address['control']): Control {
  let last: Promise<unknown> = Promise.resolve()

  const call = (method: string, path: string, body?: unknown): Promise<unknown> => {
    const send = async (): Promise<unknown> => {
      const response = await fetch(`${url}${path}`, {
        method,
        // What is taken back while the page is left has to get there.
        keepalive: true,
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const answer = await response.json()
      if (!response.ok) throw new Error(`${method} ${path}: ${answer.error?.message ?? response.status}`)
      return answer
    }
    const done = last.then(send)
    last = done.catch(() => {})
    return done
  }

  return {
    async add(rule) {
      const { id } = (await call('POST', '/faults', rule)) as { readonly id: string }
      return async () => {
        await call('DELETE', `/faults/${id}`)
      }
    },
    async publish(channel, event, payload) {
      await call('POST', '/publish', { channel, event, payload })
    },
  }
}
