/** Finds out which public status follows which, by driving real clients at random on a fake clock. */
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from './bootstrap.mjs'

const WALKS = 400
const STEPS = 14
const LONG_MS = 8000

/** @typedef {{ readonly from: string, readonly to: string, readonly causes: readonly string[] }} Move */

/**
 * Every change of status that was seen, with what caused it. The same on every machine: chance is seeded.
 * @returns {Promise<Move[]>}
 */
export async function exploreStates() {
  const { createTestClient, seededRandom } = await load()
  /** @type {Map<string, Set<string>>} */
  const moves = new Map()
  for (let walk = 0; walk < WALKS; walk++) await explore(createTestClient, seededRandom(walk + 1), moves)
  return [...moves]
    .map(([move, causes]) => {
      const [from = '', to = ''] = move.split(' ')
      return { from, to, causes: [...causes].sort() }
    })
    .sort((one, other) => `${one.from} ${one.to}`.localeCompare(`${other.from} ${other.to}`))
}

/**
 * One client, and what happens to it.
 * @param {typeof import('@org/realtime-testing').createTestClient} createTestClient
 * @param {() => number} random @param {Map<string, Set<string>>} moves
 */
async function explore(createTestClient, random, moves) {
  const fake = createTestClient({
    clientOptions: {
      credentials: () => 'token',
      backoff: { maxAttempts: 2 },
      hidden: { pauseAfterMs: 1000 },
    },
  })
  const { client, server, clock, signals } = fake
  let status = client.status.get().status
  client.status.subscribe((after) => {
    if (after.status === status) return
    const move = `${status} ${after.status}`
    const causes = client.trace
      .entries()
      .flatMap((entry) => (entry.type === 'transition' ? [entry.cause] : []))
    moves.set(move, (moves.get(move) ?? new Set()).add(causes.at(-1) ?? ''))
    status = after.status
  })

  /** @type {(() => void)[]} */
  const held = []
  const actions = [
    () => held.push(client.untyped('room').join()),
    () => held.pop()?.(),
    () => void client.connect().catch(() => {}),
    () => client.close(),
    () => client.pause(),
    () => client.resume(),
    () => signals.hide(),
    () => signals.show(),
    () => fake.drop(),
    () => server.outage(),
    () => server.restore(),
    () => server.acceptTokens((token) => token === 'other'),
    () => server.acceptTokens(() => true),
    () => server.expireTokens(),
    () => clock.advance(LONG_MS),
    () => clock.advance(LONG_MS),
  ]
  for (let step = 0; step < STEPS; step++) {
    await actions[Math.floor(random() * actions.length)]?.()
    await fake.settled()
  }
  await client.close()
}

/** @returns {Promise<typeof import('@org/realtime-testing') & { seededRandom: (seed: number) => () => number }>} */
async function load() {
  const { outputFiles } = await build({
    stdin: {
      contents: "export { createTestClient } from './index.ts'; export { seededRandom } from './random.ts'",
      resolveDir: join(root, 'packages/testing/src'),
    },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    conditions: ['@org/source', 'browser'],
    logLevel: 'silent',
  })
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')
  return import(`data:text/javascript;base64,${code}`)
}
