import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import { expect, onTestFinished } from 'vitest'
import { findFreePort } from '../../../../scripts/find-free-port.mjs'
import { until } from '../until-test-setup.ts'
import { type RealRedis, startRedis } from './redis-test-setup.ts'

/** Three masters that share all slots, each with some replicas. */
export async function startCluster({ replicas = 0 } = {}) {
  const members: RealRedis[] = []
  for (let n = 0; n < 3 * (1 + replicas); n++) {
    const busPort = await findFreePort()
    members.push(
      await startRedis(({ folder, port }) => [
        ...['--port', `${port}`, '--cluster-port', `${busPort}`, '--dir', folder, '--save', ''],
        ...[
          '--cluster-enabled',
          'yes',
          '--cluster-announce-ip',
          '127.0.0.1',
          '--cluster-node-timeout',
          '1000',
        ],
      ]),
    )
  }
  const places = members.map(({ port }) => `127.0.0.1:${port}`)
  await promisify(execFile)('redis-cli', [
    ...['--cluster', 'create', ...places, '--cluster-yes'],
    ...['--cluster-replicas', `${replicas}`],
  ])
  const admins = members.map(({ port }) => {
    const admin = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 50 })
    admin.on('error', () => {})
    onTestFinished(() => admin.disconnect())
    return admin
  })
  const isWhole = () =>
    until(async () => {
      for (const admin of admins) expect(await admin.cluster('INFO')).toContain('cluster_state:ok')
    })
  await isWhole()
  return { members, admins, at: { cluster: places }, isWhole }
}

export type Admin = Awaited<ReturnType<typeof startCluster>>['admins'][number]
