/** Where the reference server can be told to fail: its `/_control`, with the token that it prints at its start. */
export interface ControlAddress {
  readonly url: string
  readonly token: string
}

/** A fault as `/_control` takes it. */
export type Rule = Readonly<{ at: string; do: string } & { [member: string]: string | number }>

export interface HeldRule {
  readonly id: string
  readonly rule: Rule
}

export interface Control {
  list(): Promise<readonly HeldRule[]>
  add(rule: Rule): Promise<void>
  remove(id: string): Promise<void>
  clear(): Promise<void>
}

export function createControl({ url, token }: ControlAddress): Control {
  const send = async (method: string, path: string, body?: Rule): Promise<unknown> => {
    const response = await fetch(`${url.replace(/\/$/, '')}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const answer = await response.json().catch(() => ({}))
    if (!response.ok) throw new Error(answer.error?.message ?? `The server answers ${response.status}`)
    return answer
  }
  return {
    list: async () => (await send('GET', '/faults')) as readonly HeldRule[],
    add: async (rule) => void (await send('POST', '/faults', rule)),
    remove: async (id) => void (await send('DELETE', `/faults/${id}`)),
    clear: async () => void (await send('DELETE', '/faults')),
  }
}
