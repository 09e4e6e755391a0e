import { describe, expect, it } from 'vitest'
import { NOW, setupPair, setupRakit } from './rakit-test-setup.ts'

/** What the first of two clients sends, and what then each of them gets. */
type Line = readonly [sent: string, a: readonly string[], b: readonly string[]]

const presence = (...ids: readonly string[]): string =>
  `{"type":"presence","users":{${ids.map((id) => `"${id}":{"id":"${id}","name":"Guest","connected_at":${NOW}}`)}}}`
const everybody = presence('$a', '$b')
const said = (text: string): string => `{"client_id":"$a","message":${JSON.stringify(text)}}`
const toBoth = (text: string): readonly [string[], string[]] => [[text], [text]]
const toChannel = (json: string, sent = json): Line => [
  `{"event":"message","channel":"chat","data":${sent}}`,
  [`{"channel":"chat","data":${json},"client_id":"$a"}`],
  [],
]
const nobody = [[], []] as const

const subscribe: Line = ['{"event":"subscribe","channel":"chat"}', ...nobody]

/** The shapes of every Rakit since February 2026; what they send was recorded from the one of August. */
const shapes: Readonly<Record<string, readonly Line[]>> = {
  'sends any other text to all, the whole of it as a string': [
    [
      '{"message":"Halo semua!"}',
      ...toBoth('{"client_id":"$a","message":"{\\"message\\":\\"Halo semua!\\"}"}'),
    ],
    ['plain é / text  ', ...toBoth('{"client_id":"$a","message":"plain \\u00e9 \\/ text"}')],
    ['\0x\v', ...toBoth(said('x'))],
    ['\u00a0x\u00a0', ...toBoth('{"client_id":"$a","message":"\\u00a0x\\u00a0"}')],
    ...['7', '[]', '{}', 'null', 'true', '"abc"', '', '[{"ping":1}]', '{"ping":1', '{"ping":1}x'].map(
      (text): Line => [text, ...toBoth(said(text))],
    ),
  ],
  'sends a private message to its receiver alone, trimmed': [
    ['{"to":"$b","message":" Halo! "}', [], [said('Halo!')]],
    ['{"to":"$b","message":7}', [], [said('7')]],
    ['{"to":"$b","message":true}', [], [said('1')]],
    ['{"to":"$b","message":false}', [], [said('')]],
    ['{"to":"$b","message":1.50}', [], [said('1.5')]],
    ['{"to":"$b","message":0.30000000000000004}', [], [said('0.3')]],
    ['{"to":"$b","message":1e14}', [], [said('1.0E+14')]],
    ['{"to":"$b","message":-1.25e20}', [], [said('-1.25E+20')]],
    ['{"to":"$b","message":1e-5}', [], [said('1.0E-5')]],
    ['{"to":"$b","message":-0.0}', [], [said('-0')]],
    ['{"to":"$b","message":1e400}', [], [said('INF')]],
    ['{"event":null,"to":"$b","message":"x"}', [], [said('x')]],
    ['{"to":"nobody","message":"x"}', ...nobody],
    ['{"to":true,"message":"x"}', ...nobody],
  ],
  'sends a channel message to every subscriber, the sender too': [
    ['{"event":"message","channel":"chat","data":"nobody listens"}', ...nobody],
    subscribe,
    subscribe,
    toChannel(
      '"h\\u00e9llo \\/ \\u20ac \\ud83d\\ude00 \\" \\\\ \\b\\f\\n\\r\\t \\u0001 \x7f"',
      '"héllo / \\u20ac 😀 \\" \\\\ \\b\\f\\n\\r\\t \\u0001 \x7f"',
    ),
    toChannel('[1,{"a":null}]', ' [ 1 , { "a" : null } ] '),
    ['{"event":"message","channel":"chat","data":null}', ...nobody],
    ['{"event":"message","channel":"chat"}', ...nobody],
    ['{"event":"unsubscribe","channel":"chat"}', ...nobody],
    toChannel('"still there"'),
    ['{"event":"other","channel":"chat","to":"$b","message":"x"}', ...nobody],
  ],
  'swallows a heartbeat': [
    ['{"ping":1}', ...nobody],
    ['{"ping":false}', ...nobody],
    [' {"ping":1,"command":"presence"} ', ...nobody],
    ['{"ping":null}', ...toBoth(said('{"ping":null}'))],
  ],
  'writes JSON as PHP does': [
    subscribe,
    toChannel('[]', '{}'),
    toChannel('["a","b"]', '{"0":"a","1":"b"}'),
    toChannel('{"1":"a","0":"b"}'),
    toChannel('{"b":1,"1":2,"__proto__":3}'),
    toChannel('{"a":2,"c":3}', '{"a":1,"c":3,"a":2}'),
    toChannel('{"e\\u00e9\\/":1}', '{"eé/":1}'),
    toChannel('9007199254740993'),
    toChannel('9223372036854775807'),
    toChannel('9.223372036854776e+18', '9223372036854775808'),
    toChannel('1.0e+20', '100000000000000000000'),
    toChannel('10000000000000000', '1e16'),
    toChannel('1.0e+17', '1e17'),
    toChannel('0.0001'),
    toChannel('1.0e-5', '0.00001'),
    toChannel('1.5e+300', '1.5E300'),
    toChannel('10', '10.0'),
    toChannel('0', '-0'),
    toChannel('-0', '-0.0'),
  ],
  'takes what PHP cannot read for plain text': [
    subscribe,
    ...['"\\ud800"', 'TRUE', '01', '[1,]', `${'['.repeat(511)}${']'.repeat(511)}`].map((json): Line => {
      const text = `{"event":"message","channel":"chat","data":${json}}`
      return [text, ...toBoth(said(text))]
    }),
    toChannel(`${'['.repeat(510)}${']'.repeat(510)}`),
  ],
}

const exactly: Readonly<Record<string, readonly Line[]>> = {
  'lets anybody run commands': [
    subscribe,
    ['{"command":"broadcast","message":"  bare é/ "}', ...toBoth('  bare é/ ')],
    ['{"command":"broadcast","message":false}', ...toBoth('')],
    ['{"command":"broadcast_to_channel","channel":"chat","message":"bare"}', ['bare'], []],
    ['{"command":"private_message","to":"$b","message":"bare"}', [], ['bare']],
    ['{"command":"private_message","to":"nobody","message":"bare"}', ...nobody],
    ['{"command":"presence"}', ...toBoth(everybody)],
    ['{"command":"disconnect","client_id":"nobody"}', ...nobody],
  ],
  'lets anybody forge frames': [
    [
      '{"command":"broadcast","message":"{\\"type\\":\\"presence\\",\\"users\\":{}}"}',
      ...toBoth('{"type":"presence","users":{}}'),
    ],
    [
      '{"command":"broadcast","message":"Client #AAAAAAAA connected"}',
      ...toBoth('Client #AAAAAAAA connected'),
    ],
  ],
  'tells everybody of commands that fail or are not known': [
    subscribe,
    ...[
      '{"command":"disconnect","client_id":"$b"}',
      '{"command":"disconnect","client_id":true}',
      '{"command":"broadcast","message":{"a":1}}',
      '{"command":"broadcast_to_channel","channel":"chat","message":[]}',
      '{"command":"private_message","to":"$b","message":{"secret":1}}',
      '{"command":"private_message","to":"$b"}',
      '{"command":"unknown"}',
      '{"command":0}',
    ].map((text): Line => [text, ...toBoth(said(text))]),
    ['{"command":"broadcast_to_channel","channel":"empty","message":[]}', ...nobody],
    ['{"command":"unknown","to":"$b","message":"x"}', [], [said('x')]],
  ],
  'leaks private messages that are no text': [
    ['{"to":"$b","message":{"a":1}}', ...toBoth(said('{"to":"$b","message":{"a":1}}'))],
    ['{"to":"$b"}', ...toBoth(said('{"to":"$b"}'))],
  ],
  'compares loosely': [
    ['{"command":true}', ...toBoth(everybody)],
    ['{"event":true,"channel":"1e1"}', ...nobody],
    ['{"event":"message","channel":10,"data":1}', ['{"channel":10,"data":1,"client_id":"$a"}'], []],
    ['{"event":"message","channel":true,"data":1}', ['{"channel":true,"data":1,"client_id":"$a"}'], []],
    ['{"event":"message","channel":"any","data":1}', ...nobody],
    ['{"event":"subscribe","channel":true}', ...nobody],
    ['{"event":"message","channel":"any","data":1}', ['{"channel":"any","data":1,"client_id":"$a"}'], []],
  ],
  'sends an empty frame for a number that has no JSON': [
    subscribe,
    ['{"event":"message","channel":"chat","data":1e400}', [''], []],
  ],
}

const safely: Readonly<Record<string, readonly Line[]>> = {
  'runs no command but presence, for who asked': [
    subscribe,
    ['{"command":"broadcast","message":"bare"}', ...nobody],
    ['{"command":"broadcast_to_channel","channel":"chat","message":"bare"}', ...nobody],
    ['{"command":"private_message","to":"$b","message":{"secret":1}}', ...nobody],
    ['{"command":"disconnect","client_id":"$b"}', ...nobody],
    ['{"command":"unknown"}', ...nobody],
    ['{"command":true}', ...nobody],
    ['{"command":"presence"}', [everybody], []],
  ],
  'shows a private message to nobody but its receiver': [
    ['{"to":"$b","message":{"a":1}}', ...nobody],
    ['{"to":"$b"}', ...nobody],
    ['{"to":null,"message":"x"}', ...nobody],
  ],
  'knows channels by strings alone': [
    ...['true', '7', '[]', '{}', '""', JSON.stringify('x'.repeat(201))].flatMap((name): Line[] => [
      [`{"event":"subscribe","channel":${name}}`, ...nobody],
      [`{"event":"message","channel":${name},"data":1}`, ...nobody],
    ]),
    ['{"event":"subscribe","channel":"1e1"}', ...nobody],
    ['{"event":"message","channel":"10","data":1}', ...nobody],
    ['{"event":"message","channel":true,"data":1}', ...nobody],
    ['{"event":true,"channel":"any"}', ...nobody],
    ['{"event":"message","channel":"any","data":1}', ...nobody],
  ],
  'drops a number that has no JSON': [
    subscribe,
    ['{"event":"message","channel":"chat","data":1e400}', ...nobody],
  ],
}

const suites = [
  ...(['safe', 'exact'] as const).map((compat) => [compat, shapes] as const),
  ['exact', exactly] as const,
  ['safe', safely] as const,
].flatMap(([compat, suite]) => Object.entries(suite).map(([name, lines]) => ({ compat, name, lines })))

describe('createRakitEndpoint', () => {
  it.each(suites)('$name ($compat)', async ({ compat, lines }) => {
    const { a, b } = await setupPair({ compat })
    for (const [sent, toA, toB] of lines) {
      await a.send(sent)
      expect({ sent, a: a.take(), b: b.take() }).toEqual({ sent, a: toA, b: toB })
    }
  })

  it('tells everybody who comes and goes, with a list of who is there', async () => {
    const { connect } = setupRakit()
    const a = await connect()
    expect(a.id).toMatch(/^[A-Za-z0-9]{8}$/)
    expect(a.take()).toEqual(['Client #$a connected', presence('$a')])
    const b = await connect()
    expect(b.take()).toEqual(['Client #$b connected', everybody])
    expect(a.take()).toEqual(['Client #$b connected', everybody])
    await a.leave()
    expect(b.take()).toEqual(['Client #$a disconnected', presence('$b')])
  })

  it('ignores binary frames', async () => {
    const { a, b } = await setupPair()
    await a.send(new TextEncoder().encode('{"message":"x"}'))
    expect([a.take(), b.take()]).toEqual(nobody)
  })

  it('cuts whoever comes when the room is full', async () => {
    const { connect } = setupRakit({ clients: 1 })
    const a = await connect()
    const b = await connect()
    expect(b.end).toEqual({ code: undefined })
    expect(a.take()).toEqual(['Client #$a connected', presence('$a')])
  })

  it('takes no more channels than a client may have', async () => {
    const { a } = await setupPair({ channels: 1 })
    await a.send('{"event":"subscribe","channel":"one"}', '{"event":"subscribe","channel":"two"}')
    await a.send(
      '{"event":"message","channel":"two","data":2}',
      '{"event":"message","channel":"one","data":1}',
    )
    expect(a.take()).toEqual(['{"channel":"one","data":1,"client_id":"$a"}'])
  })

  it('takes no more than its share from one client, and all of it when it is exact', async () => {
    for (const compat of ['safe', 'exact'] as const) {
      const { a, b, clock } = await setupPair({ compat, perSecond: 10, burst: 3, bufferBytes: 8192 })
      await a.send('1', '2', '3', '4')
      expect(b.take()).toHaveLength(compat === 'safe' ? 3 : 4)
      await clock.advance(100)
      await a.send('5', '6')
      expect(b.take()).toHaveLength(compat === 'safe' ? 1 : 2)
      await b.send('the other has a share of its own')
      expect(a.take().at(-1)).toContain('$b')
    }
  })

  it('tells id and channels of a client', async () => {
    const { a } = await setupPair({ compat: 'exact' })
    await a.send('{"event":"subscribe","channel":"one"}', '{"event":"subscribe","channel":2}')
    expect(a.about()).toEqual({ client: a.id, channels: ['one'] })
  })

  it('names the option that is wrong', () => {
    expect(() => setupRakit({ bufferBytes: 1 })).toThrow(
      'Option rakit.bufferBytes must be a number from 64 to',
    )
    expect(() => setupRakit({ compat: 'most' as 'safe' })).toThrow(
      'Option rakit.compat must be one of safe, exact',
    )
  })

  it('cuts every client within the time that a draining server has', async () => {
    const { a, b, clock, drain } = await setupPair()
    drain(1000)
    await clock.advance(1000)
    expect([a.end, b.end]).toEqual([{ code: undefined }, { code: undefined }])
  })
})
