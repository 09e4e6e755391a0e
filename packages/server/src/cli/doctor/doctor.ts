import { readConfig } from '../../config/load-config.ts'
import type { Terminal } from '../main.ts'
import { checkClock } from './check-clock.ts'
import { checkConfig } from './check-config.ts'
import { checkEnvironment } from './check-environment.ts'
import { checkLaravel } from './check-laravel.ts'
import { checkNode } from './check-node.ts'
import { checkOptions, checkSecrets } from './check-options.ts'
import { checkPorts } from './check-port.ts'
import { checkRedis } from './check-redis.ts'
import { checkSoketi } from './check-soketi.ts'
import { checkTls } from './check-tls.ts'
import type { Finding } from './finding.ts'
import { readDotEnv } from './read-dot-env.ts'

const SOKETI = 'soketi.json'
/** A host whose clock is compared with that of this machine. */
const CLOCK = '--clock='
const MARKS = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const

/** `doctor`: looks for what would keep the server from starting or being reached. Resolves with 1 when there is any. */
export async function doctor(args: readonly string[], { out }: Terminal): Promise<number> {
  const hosts = args.flatMap((arg) => (arg.startsWith(CLOCK) ? [arg.slice(CLOCK.length)] : []))
  const rest = args.filter((arg) => !arg.startsWith(CLOCK))
  const config = readConfig({ args: rest }, { by: 'command', switches: ['json'] })
  const { settings, problems } = config
  const findings: readonly Finding[] = [
    checkNode(process.versions.node),
    ...checkConfig(config),
    ...(problems.length > 0 ? [] : checkOptions(settings)),
    ...checkSecrets(settings),
    ...checkTls(settings, Date.now()),
    ...(await checkPorts(settings)),
    ...(await checkRedis(settings)),
    ...(await checkClock(hosts, settings.get('adapter') === 'redis')),
    ...checkSoketi(config.file ?? SOKETI),
    ...checkEnvironment(process.env),
    ...checkLaravel(readDotEnv('.env'), settings),
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
