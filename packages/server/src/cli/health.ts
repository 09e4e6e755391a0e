import { request as askPlain, type RequestOptions } from 'node:http'
import { request as askSecure } from 'node:https'
import { loadConfig } from '../config/load-config.ts'
import type { Settings } from '../config/settings.ts'
import { ServerError } from '../errors.ts'
import { toReachable } from './everywhere.ts'
import type { Terminal } from './main.ts'

const WITHIN_MS = 3000
const MOST_CHARACTERS = 200

/**
 * `health`: asks the server that runs with these options whether it lives, or with `--ready` whether clients may be
 * sent to it. Resolves with 1 when not. For health checks of containers, which have no other program to ask by.
 */
export async function health(args: readonly string[], { out, err }: Terminal): Promise<number> {
  try {
    const { settings, switches } = loadConfig({ args }, { by: 'command', switches: ['ready'] })
    const { status, text } = await ask(settings, switches.has('ready') ? '/ready' : '/up')
    ;(status === 200 ? out : err)(`${status} ${text}\n`)
    return status === 200 ? 0 : 1
  } catch (error) {
    err(`${ServerError.is(error) || error instanceof Error ? error.message : error}\n`)
    return 1
  }
}

interface Answer {
  readonly status: number
  readonly text: string
}

function ask(settings: Settings, page: string): Promise<Answer> {
  const host = settings.get<string>('host') ?? ''
  const hosts = settings.get<readonly string[] | 'any'>('hosts')
  const isSecure = settings.get('tls.cert') !== undefined
  const options: RequestOptions & { readonly rejectUnauthorized: boolean } = {
    host: toReachable(host),
    port: settings.get<number>('port'),
    path: `${settings.get<string>('path') ?? ''}${page}`,
    timeout: WITHIN_MS,
    agent: false,
    // It is this machine that is asked, by an address that the certificate need not name.
    rejectUnauthorized: false,
    ...(Array.isArray(hosts) && hosts[0] !== undefined && { headers: { host: hosts[0] } }),
  }
  return new Promise((resolve, reject) => {
    const asking = (isSecure ? askSecure : askPlain)(options, (reply) => {
      let text = ''
      reply.setEncoding('utf8')
      reply.on('data', (part: string) => {
        if (text.length < MOST_CHARACTERS) text += part
      })
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text: text.trim() }))
      reply.on('error', reject)
    })
    asking.on('timeout', () => asking.destroy(new Error(`No answer within ${WITHIN_MS} ms`)))
    asking.on('error', reject)
    asking.end()
  })
}
