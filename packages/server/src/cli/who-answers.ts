import { request } from 'node:http'
import { toReachable } from './everywhere.ts'
import { ownerOf } from './port-owner.ts'

const WITHIN_MS = 1500
const MOST_CHARACTERS = 500

interface Answer {
  readonly status: number
  readonly server: string | undefined
  readonly body: string
}

/** Who listens on a port, as far as its answers and the system tell. */
export async function whoAnswers(host: string, port: number): Promise<string> {
  const ask = (path: string): Promise<Answer | undefined> => answerOf(toReachable(host), port, path)
  const [health, up, root] = await Promise.all([ask('/health'), ask('/up'), ask('/')])
  const owner = ownerOf(port)
  return `${nameOf(health, up, root)}${owner === undefined ? '' : ` (${owner})`}`
}

function nameOf(health: Answer | undefined, up: Answer | undefined, root: Answer | undefined): string {
  if (health && /^\{"status":"(ok|draining)"/.test(health.body)) return 'another realtime-server'
  if (up && /"health":"OK"/.test(up.body)) return 'Laravel Reverb'
  if (root?.status === 200 && root.body === 'OK') return 'soketi'
  const answer = health ?? up ?? root
  if (!answer) return 'a program that speaks no HTTP'
  return answer.server === undefined
    ? 'another web server'
    : `a web server that calls itself ${answer.server}`
}

/** Undefined when there is no answer in time, or none of HTTP. */
function answerOf(host: string, port: number, path: string): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const asking = request({ host, port, path, timeout: WITHIN_MS, agent: false }, (reply) => {
      let body = ''
      reply.setEncoding('utf8')
      reply.on('data', (part: string) => {
        body += part
        if (body.length > MOST_CHARACTERS) done()
      })
      reply.on('end', () => done())
      reply.on('error', () => done())
      const { statusCode = 0, headers } = reply
      const done = (): void => {
        resolve({ status: statusCode, server: `${headers['server'] ?? ''}` || undefined, body })
        asking.destroy()
      }
    })
    asking.on('timeout', () => asking.destroy())
    asking.on('error', () => resolve(undefined))
    asking.on('close', () => resolve(undefined))
    asking.end()
  })
}
