import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Dialect } from './dialect.ts'
import { setupPusher } from './pusher-test-setup.ts'

const dialects = ['pusher', 'soketi', 'reverb'] satisfies Dialect[]

const names = fc.constantFrom(
  'a',
  'private-a',
  'presence-a',
  'private-cache-a',
  'private-encrypted-a',
  '#x',
  '',
  'ä b',
)
const events = fc.constantFrom(
  'pusher:subscribe',
  'pusher:unsubscribe',
  'pusher:ping',
  'pusher:pong',
  'pusher:signin',
  'client-x',
  'pusher_internal:member_added',
  'x',
)
const data = fc.oneof(
  fc.jsonValue(),
  fc.json(),
  fc.record(
    {
      channel: fc.oneof(names, fc.jsonValue()),
      auth: fc.oneof(fc.string(), fc.jsonValue()),
      channel_data: fc.jsonValue(),
    },
    { requiredKeys: [] },
  ),
)
/** From text that is no JSON to frames that are almost right. */
const frames = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc
    .record(
      { event: fc.oneof(events, fc.jsonValue()), channel: fc.oneof(names, fc.jsonValue()), data },
      { requiredKeys: [] },
    )
    .map((frame) => JSON.stringify(frame)),
  fc
    .tuple(fc.json(), fc.nat(), fc.string({ maxLength: 3 }))
    .map(([text, at, put]) => text.slice(0, at % (text.length + 1)) + put),
)

describe.each(dialects)('any frames at a %s', (dialect) => {
  it('crash nothing, and end the connection with a code of the protocol if at all', async () => {
    const { connect, channels } = setupPusher({ dialect })
    await fc.assert(
      fc.asyncProperty(fc.array(frames, { maxLength: 12 }), async (sent) => {
        const [guest, other] = [await connect(), await connect()]
        await other.join('a')
        for (const frame of sent) if (guest.end === undefined) await guest.say(frame)
        const { end } = guest
        const isOfProtocol = end === 'cut' || end === undefined || (end.code >= 4000 && end.code < 4400)
        expect(isOfProtocol || (end as { code: number }).code === 1009).toBe(true)
        // The others live, and hear.
        expect((await other.say({ event: 'pusher:ping', data: {} })).at(-1)).toMatchObject({
          event: 'pusher:pong',
        })
        await guest.drop()
        await other.drop()
        expect(channels()).toEqual([])
      }),
      { numRuns: 150 },
    )
  })
})
