import { expect, it } from 'vitest'
import { readConfig } from '../../config/load-config.ts'
import { DURABLE, startRedis } from '../../redis/redis-test-setup.ts'
import { checkRedis } from './check-redis.ts'

const check = (...args: readonly string[]) =>
  checkRedis(readConfig({ args, env: {} }, { by: 'command' }).settings)

it('tells whether Redis answers, and what it may lose', async () => {
  const [plain, durable] = [await startRedis(), await startRedis(DURABLE)]
  expect(await check(`--redis.port=${plain.port}`)).toEqual([])
  expect(await check('--adapter=redis', `--redis.port=${plain.port}`)).toEqual([
    { state: 'ok', message: expect.stringMatching(/^Redis answers at 127.0.0.1:\d+; after a restart/) },
  ])
  expect(await check('--adapter=redis', `--redis.port=${durable.port}`)).toEqual([
    { state: 'ok', message: expect.stringMatching(/and loses nothing/) },
  ])
  await plain.kill()
  expect(await check('--adapter=redis', `--redis.port=${plain.port}`)).toEqual([
    {
      state: 'fail',
      message: expect.stringMatching(/ECONNREFUSED/),
      advice: expect.stringMatching(/Start Redis/),
    },
  ])
})
