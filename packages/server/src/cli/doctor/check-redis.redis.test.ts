import { expect, it } from 'vitest'
import { readConfig } from '../../config/load-config.ts'
import { DURABLE, startRedis } from '../../redis/redis-test-setup.ts'
import { checkRedis } from './check-redis.ts'

const settingsOf = (...args: readonly string[]) => readConfig({ args, env: {} }, { by: 'command' }).settings
const check = (...args: readonly string[]) => checkRedis(settingsOf(...args))
const agrees = { state: 'ok', message: expect.stringMatching(/^the clock differs from that of Redis by/) }

it('tells whether Redis answers, and what it may lose', async () => {
  const [plain, durable] = [await startRedis(), await startRedis(DURABLE)]
  expect(await check(`--redis.port=${plain.port}`)).toEqual([])
  expect(await check('--adapter=redis', `--redis.port=${plain.port}`)).toEqual([
    { state: 'ok', message: expect.stringMatching(/^Redis answers at 127.0.0.1:\d+; after a restart/) },
    agrees,
  ])
  expect(await check('--adapter=redis', `--redis.port=${durable.port}`)).toEqual([
    { state: 'ok', message: expect.stringMatching(/and loses nothing/) },
    agrees,
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

it('tells when this machine lives in another time than Redis', async () => {
  const { port } = await startRedis()
  const settings = settingsOf('--adapter=redis', `--redis.port=${port}`)
  const clockOf = async (offMs: number) => (await checkRedis(settings, () => Date.now() + offMs))[1]
  expect(await clockOf(-3_600_000)).toMatchObject({
    state: 'fail',
    message: expect.stringContaining('behind that of Redis'),
  })
  expect(await clockOf(3_600_000)).toMatchObject({
    state: 'fail',
    message: expect.stringContaining('ahead of that of Redis'),
  })
})
