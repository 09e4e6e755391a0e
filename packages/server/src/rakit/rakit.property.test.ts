import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePhpObject, toPhpJson } from './php-json.ts'
import { setupPair, type TestClient } from './rakit-test-setup.ts'

const RUNS = { seed: 20261126, numRuns: 150 }

/** Texts as clients send them, and as nobody should: cut, nested, of wrong types. */
const name = fc.constantFrom(
  'ping',
  'command',
  'event',
  'to',
  'message',
  'channel',
  'data',
  'client_id',
  '__proto__',
)
const word = fc.constantFrom(
  'presence',
  'broadcast',
  'broadcast_to_channel',
  'private_message',
  'disconnect',
  'subscribe',
  'message',
  'chat',
  '$a',
  '$b',
)
const value = fc.oneof(word, fc.jsonValue({ maxDepth: 3 }), fc.constant(true))
const message = fc
  .array(fc.tuple(name, value), { maxLength: 5 })
  .map((members) => JSON.stringify(Object.fromEntries(members)))
const cut = fc.tuple(message, fc.nat(60)).map(([text, length]) => text.slice(0, length))
const frame = fc.oneof(message, cut, fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 20 }))

const SHAPES = [
  /^Client #\$[a-z] (dis)?connected$/,
  /^\{"type":"presence","users":\{.*\}\}$/,
  /^\{"client_id":"\$a","message":".*"\}$/,
  /^\{"channel":".*","data":.*,"client_id":"\$a"\}$/,
]

const isShape = (text: string): boolean => SHAPES.some((shape) => shape.test(text)) && isJsonOrLine(text)

function isJsonOrLine(text: string): boolean {
  if (text.startsWith('Client #')) return true
  JSON.parse(text)
  return true
}

describe('a client that sends anything', () => {
  it.each(['safe', 'exact'] as const)('keeps the endpoint answering the others (%s)', async (compat) => {
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 8 }), async (frames) => {
        const { a, b } = await setupPair({ compat, bufferBytes: 8192 })
        for (const each of frames) await a.send(each)
        const seen: string[] = b.take()
        if (compat === 'safe') expect(seen.filter((text) => !isShape(text))).toEqual([])
        expect(await answers(b)).toBe(true)
      }),
      RUNS,
    )
  })

  it('cannot make anybody hear a command, a private message or a forged line (safe)', async () => {
    await fc.assert(
      fc.asyncProperty(word, value, fc.string({ minLength: 9 }), async (command, to, secret) => {
        const { a, b } = await setupPair()
        await a.send(JSON.stringify({ command, to, channel: 'chat', message: secret, client_id: to }))
        await a.send(JSON.stringify({ to, message: { secret } }))
        const texts = b.take()
        const isForB = to === '$b'
        expect(isForB ? [] : texts).toEqual([])
      }),
      RUNS,
    )
  })
})

async function answers(client: TestClient): Promise<boolean> {
  await client.send('{"command":"presence"}')
  return client.take().some((text) => text.startsWith('{"type":"presence"'))
}

describe('toPhpJson', () => {
  it('means the same as what it was read from', () => {
    const key = fc.string({ unit: 'grapheme' }).filter((text) => text !== '__proto__')
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'grapheme' }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.maxSafeInteger(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('tree'), { maxLength: 4 }),
        // With a key that no list has, so that it stays an object.
        fc.dictionary(key, tie('tree'), { maxKeys: 4 }).map((object) => ({ ...object, 'not a list': 1 })),
      ),
    }))
    fc.assert(
      fc.property(tree, (given) => {
        const json = JSON.stringify({ given })
        const written = toPhpJson(parsePhpObject(json) ?? null)
        expect(written).toMatch(/^[\x20-\x7f]*$/)
        expect(JSON.parse(written ?? '')).toEqual(JSON.parse(json))
      }),
      RUNS,
    )
  })
})
