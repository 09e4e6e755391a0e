import type { FaultRule } from '@org/realtime-server'
import type { Address } from './create-backend.ts'

/** The faults of the server, over HTTP. */
export interface Control {
  /** Does it once, or from now on until the result is called. */
  add(rule: FaultRule): Promise<() => Promise<void>>
  publish(channel: string, event: string, payload: unknown): Promise<void>
}

/**
 * Verbs run one after the other, in the order of the calls. What is taken back waits for none: a page that is left
 * has no time for answers.
 */
export function createControl({ url, token }: Address['control']): Control {
  let last: Promise<unknown> = Promise.resolve()

  const send = async (method: string, path: string, body?: unknown): Promise<unknown> => {
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

  const post = (path: string, body: unknown): Promise<unknown> => {
    const done = last.then(() => send('POST', path, body))
    last = done.catch(() => {})
    return done
  }

  return {
    async add(rule) {
      const { id } = (await post('/faults', rule)) as { readonly id: string }
      return async () => {
        const done = send('DELETE', `/faults/${id}`)
        last = Promise.allSettled([last, done])
        await done
      }
    },
    async publish(channel, event, payload) {
      await post('/publish', { channel, event, payload })
    },
  }
}
