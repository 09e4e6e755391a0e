import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLog } from './log.ts'
import type { LogEntry } from './log-options.ts'
import { createRedact } from './redact.ts'

const RUNS = { seed: 20261126, numRuns: 1000 }
const redact = createRedact()

/** Long, and in no word around it. */
const secrets = fc.stringMatching(/^zq[A-Za-z0-9._~+/=-]{8,40}$/)
const prefixes = fc.constantFrom('', 'access_', 'refresh-', 'x-', 'my', 'PUSHER_APP_')
const ends = fc.constantFrom(
  'token',
  'secret',
  'password',
  'Authorization',
  'api_key',
  'apiKey',
  'cookie',
  'signature',
)
const names = fc.tuple(prefixes, ends).map(([prefix, end]) => prefix + end)
const words = fc.stringMatching(/^w[a-p]{1,8}$/)
/** What stands beside and around it. */
const beside = fc.dictionary(words, fc.oneof(words, fc.integer(), fc.boolean(), fc.array(words)))

/** How a secret is kept below its name. */
const holders = fc.constantFrom<(secret: string) => unknown>(
  (secret) => secret,
  (secret) => [secret, [secret]],
  (secret) => ({ wdeep: { wlist: ['}]"', secret] }, wtext: secret }),
)

/** A JSON text with the secret somewhere below, and as often JSON within JSON. */
const bodies = fc
  .record({
    name: names,
    secret: secrets,
    holder: holders,
    beside,
    path: fc.array(words, { maxLength: 4 }),
    depth: fc.nat(3),
  })
  .map(({ name, secret, holder, beside: around, path, depth }) => {
    const inner: object = { ...around, [name]: holder(secret), wlast: 'kept' }
    let text = JSON.stringify(path.reduce((value, key) => ({ ...around, [key]: value }), inner))
    for (let level = 0; level < depth; level++) text = JSON.stringify({ event: 'x', data: text })
    return { text, secret }
  })

describe('createRedact', () => {
  it('takes a secret out of JSON at any depth, and out of JSON within JSON', () => {
    fc.assert(
      fc.property(bodies, ({ text, secret }) => {
        const shown = redact(text)
        expect(shown).not.toContain(secret)
        // What is no secret is still there, and readable.
        expect(shown).toContain('kept')
        expect(() => JSON.parse(shown)).not.toThrow()
      }),
      RUNS,
    )
  })

  it('takes a secret out of JSON that was cut anywhere', () => {
    fc.assert(
      fc.property(bodies, fc.double({ min: 0, max: 1, noNaN: true }), ({ text, secret }, at) => {
        const cut = text.slice(0, Math.floor(text.length * at))
        for (let length = 6; length <= secret.length; length++)
          expect(redact(cut)).not.toContain(secret.slice(0, length))
      }),
      { ...RUNS, numRuns: 300 },
    )
  })

  it('takes a secret out of addresses, headers and what code throws', () => {
    const places = fc.constantFrom<(name: string, secret: string) => string>(
      (name, secret) => `wss://host/raw?v=1&${name}=${encodeURIComponent(secret)}&wlast=kept`,
      (name, secret) => `wlast: kept\r\n${name}: ${secret}\r\n`,
      (name, secret) => `kept { ${name}: '${secret}' }`,
      (name, secret) => `kept: ${name}=${secret}`,
      (_name, secret) => `kept Authorization: Bearer ${secret}`,
      (_name, secret) => `kept Basic ${secret}`,
    )
    fc.assert(
      fc.property(places, names, secrets, (place, name, secret) => {
        const shown = redact(place(name, secret))
        expect(shown).not.toContain(secret)
        expect(shown).not.toContain(encodeURIComponent(secret))
        expect(shown).toContain('kept')
      }),
      RUNS,
    )
  })

  it('changes nothing when it is done again', () => {
    fc.assert(
      fc.property(bodies, ({ text }) => {
        expect(redact(redact(text))).toBe(redact(text))
      }),
      { ...RUNS, numRuns: 300 },
    )
  })
})

describe('createLog', () => {
  it('takes a secret out of every field, whatever names it and however it is kept', () => {
    fc.assert(
      fc.property(names, secrets, words, beside, (name, secret, word, around) => {
        const entries: LogEntry[] = []
        const log = createLog({ sink: (entry) => entries.push(entry) }, { secrets: [`${secret}!`] })
        log.info('event', {
          ...around,
          [name]: secret,
          [word]: { deep: [{ [name]: [secret, { [word]: secret }] }] },
          known: `a ${secret}!`,
        })
        expect(JSON.stringify(entries)).not.toContain(secret)
        expect(entries[0]).toMatchObject({ event: 'event' })
      }),
      { ...RUNS, numRuns: 300 },
    )
  })
})
