import type { HeldFault } from '../../control/control-faults.ts'
import type { InspectLine, MembersReport } from '../report.ts'
import type { TokenName, Tokens } from './tokens.ts'

/** An answer other than the one that was hoped for. */
export class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** What the page asks of its server. */
export interface Api {
  /** Resolves when the server ends it. */
  stream(payloads: boolean, signal: AbortSignal, tell: (lines: InspectLine[]) => void): Promise<void>
  members(channel: string, payloads: boolean): Promise<MembersReport>
  faults(): Promise<readonly HeldFault[]>
  addFault(rule: object): Promise<unknown>
  removeFault(id?: string): Promise<unknown>
}

export function createApi(tokens: Tokens): Api {
  const inspect = location.pathname.replace(/\/$/, '')
  const control = inspect.replace(/_inspect$/, '_control')

  const ask = async (url: string, name: TokenName, options: RequestInit = {}): Promise<Response> => {
    const token = tokens.get(name)
    const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) }
    const response = await fetch(url, { ...options, headers, cache: 'no-store' })
    if (response.ok) return response
    const { error } = await response.json().catch(() => ({ error: undefined }))
    const message: string = error?.message ?? `The server answered with ${response.status}`
    throw new Refusal(response.status, message.replaceAll('`', ''))
  }
  const askJson = async (url: string, name: TokenName, options?: RequestInit) =>
    (await ask(url, name, options)).json()
  const faults = (path = '', options?: RequestInit) => askJson(`${control}/faults${path}`, 'control', options)

  return {
    async stream(payloads, signal, tell) {
      const response = await ask(`${inspect}/stream?payloads=${Number(payloads)}`, 'inspect', { signal })
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
      let rest = ''
      for (;;) {
        const { value, done } = (await reader?.read()) ?? { value: undefined, done: true }
        if (done) return
        const parts = (rest + value).split('\n')
        rest = parts.pop() ?? ''
        tell(parts.map((part) => JSON.parse(part)))
      }
    },
    members: (channel, payloads) =>
      askJson(
        `${inspect}/members?channel=${encodeURIComponent(channel)}&payloads=${Number(payloads)}`,
        'inspect',
      ),
    faults: () => faults(),
    addFault: (rule) => faults('', { method: 'POST', body: JSON.stringify(rule) }),
    removeFault: (id) => faults(id === undefined ? '' : `/${id}`, { method: 'DELETE' }),
  }
}
