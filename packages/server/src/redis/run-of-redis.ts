import type { Redis } from 'ioredis'
import type { RedisAt } from './redis-options.ts'

/** One that has every answer on its disk before it gives it: whichever run, it has lost nothing. */
export const DURABLE = 'durable'

/**
 * What the positions of channels were counted by. After a restart or a failover another run answers, which may
 * not have what came last, unless one Redis alone writes everything to its disk first.
 */
export async function readRun(client: Redis, kind: RedisAt['kind']): Promise<string> {
  const info = await client.info()
  const isWritten = fieldOf(info, 'aof_enabled') === '1' && fieldOf(info, 'role') === 'master'
  const isDurable =
    kind === 'single' &&
    isWritten &&
    (await ask(client, 'appendfsync')) === 'always' &&
    (await ask(client, 'no-appendfsync-on-rewrite')) === 'no'
  return isDurable ? DURABLE : fieldOf(info, 'run_id')
}

/** Some hosts do not tell. */
async function ask(client: Redis, option: string): Promise<unknown> {
  const answer = await client.config('GET', option).catch(() => [])
  return (answer as readonly unknown[])[1]
}

const fieldOf = (info: string, name: string): string =>
  new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? ''
