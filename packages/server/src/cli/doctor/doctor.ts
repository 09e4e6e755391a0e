import { readConfig } from '../../config/load-config.ts'
import type { Terminal } from '../main.ts'
import { checkConfig } from './check-config.ts'
import { checkLaravel } from './check-laravel.ts'
import { checkNode } from './check-node.ts'
import { checkPort } from './check-port.ts'
import { checkRedis } from './check-redis.ts'
import { checkSoketi } from './check-soketi.ts'
import { checkTls } from './check-tls.ts'
import type { Finding } from './finding.ts'
import { readDotEnv } from './read-dot-env.ts'

const SOKETI = 'soketi.json'
const MARKS = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const

/** `doctor`: looks for what would keep the server from starting or being reached. Resolves with 1 when there is any. */
export async function doctor(args: readonly string[], { out }: Terminal): Promise<number> {
  const config = readConfig({ args }, { by: 'command', switches: ['json'] })
  const findings: readonly Finding[] = [
    checkNode(process.versions.node),
    ...checkConfig(config),
    ...checkTls(config.settings, Date.now()),
    await checkPort(config.settings),
    ...(await checkRedis(config.settings)),
    ...checkSoketi(config.file ?? SOKETI),
    ...checkLaravel(readDotEnv('.env'), config.settings),
  ]
  const isWell = findings.every(({ state }) => state !== 'fail')
  out(config.switches.has('json') ? `${JSON.stringify({ ok: isWell, findings })}\n` : toText(findings))
  return isWell ? 0 : 1
}

function toText(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ state, message, advice }) => [
    `${MARKS[state]}  ${message}`,
    ...(advice === undefined ? [] : [`      ${advice}`]),
  ])
  return `${lines.join('\n')}\n`
}
