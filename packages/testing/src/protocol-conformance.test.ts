import type { Link, LinkEvents, Protocol } from '@org/realtime-core/kit'
import { describe, expect, it } from 'vitest'
import { farEnds } from './far-end.ts'
import { protocolConformance } from './protocol-conformance.ts'

protocolConformance('acked', farEnds.acked, { describe, it })
protocolConformance('send-only', farEnds['send-only'], { describe, it })
// Its session keeps what is in flight, and nothing tells it yet that the identity is another one.
protocolConformance('binary', farEnds.binary, { describe, it })

interface Fault {
  readonly protocol?: Partial<Protocol>
  readonly link?: (
    link: Link,
    events: LinkEvents,
    clock: { after(ms: number, run: () => void): unknown },
  ) => Partial<Link>
  readonly events?: (events: LinkEvents) => Partial<LinkEvents>
}

function withFault({ protocol: changes, link: change, events: filter }: Fault) {
  const { protocol, server } = farEnds.acked()
  const broken: Protocol = {
    ...protocol,
    ...changes,
    open(session, events, opening) {
      const link = protocol.open(session, { ...events, ...filter?.(events) }, opening)
      return { ...link, ...change?.(link, events, opening.clock) }
    },
  }
  return { protocol: broken, server }
}

/** Runs the suite over the acked protocol with a fault, and returns what fails, by statement. */
async function failures(fault: Fault): Promise<Record<string, string>> {
  const tests: [string, () => Promise<void>][] = []
  const runner = {
    describe: (_name: string, body: () => void) => body(),
    it: (...test: [string, () => Promise<void>]) => tests.push(test),
  }
  protocolConformance('broken', () => withFault(fault), runner)
  const failed: Record<string, string> = {}
  for (const [name, body] of tests)
    await body().catch((error: Error) => {
      failed[name] = error.message
    })
  return failed
}

describe('protocolConformance', () => {
  const faults: [string, Fault, statement: string, message: RegExp][] = [
    [
      'ready is told twice',
      { events: (events) => ({ ready: (ready) => [events.ready(ready), events.ready(ready)] }) },
      'answers every join',
      /ready twice/,
    ],
    [
      'a join is never answered',
      { events: (events) => ({ joined: (key) => (key === 'b' ? undefined : events.joined(key)) }) },
      'answers every join',
      /joining a,b,c/,
    ],
    [
      'a join is answered that nobody asked for',
      { events: (events) => ({ joined: (key, how) => [events.joined(key, how), events.joined('x')] }) },
      'answers every join',
      /'joined' for x, which was not asked for/,
    ],
    [
      'messages go to the wrong channel',
      { events: (events) => ({ message: (_keys, ...rest) => events.message('a', ...rest) }) },
      'brings every message to its own channel, in order and once',
      /messages: expected/,
    ],
    [
      'a publish is settled twice',
      { events: (events) => ({ settled: (...how) => [events.settled(...how), events.settled(...how)] }) },
      'sends again under the same id',
      /which was not pending/,
    ],
    [
      'an acknowledgement is claimed too early',
      {
        link: (link, events) => ({
          publish(message) {
            const result = link.publish?.(message) ?? 'sent'
            if (result === 'pending') events.settled(message.id, 'acknowledged')
            return result
          },
        }),
      },
      'says acknowledged only when the far end has said so, and never without the capability',
      /before the acknowledgement/,
    ],
    [
      'frames make it throw',
      { link: (link) => ({ receive: (frame) => link.receive(JSON.parse(frame as string) && frame) }) },
      'survives frames that were cut or changed on their way, in every state',
      /threw SyntaxError/,
    ],
    [
      'malformed frames are passed over in silence',
      {
        link: (link) => ({
          receive(frame) {
            try {
              link.receive(frame)
            } catch {}
          },
        }),
      },
      'answers a malformed frame with an error or a failure, and lives on',
      /not happen in time: something is said/,
    ],
    [
      'a timer outlives the link',
      {
        link: (link, events, clock) => ({
          goodbye() {
            link.goodbye?.(0)
            clock.after(60_000, () => events.pong())
          },
        }),
      },
      'says nothing more once it has said goodbye',
      /after its end/,
    ],
    [
      'it claims to have lost nothing',
      {
        protocol: {
          capabilities: { presence: true, publish: 'members', ack: 'at-least-once', history: false },
        },
      },
      'proves that nothing was lost when it has history, and never claims it without',
      /cannot prove/,
    ],
    [
      'it leaves nobody at the far end',
      { link: () => ({ unsubscribe() {} }) },
      'leaves a channel on the wire where it can, and is heard no more in any case',
      /members: expected 0, found 1/,
    ],
    [
      'the pong is not told',
      { events: () => ({ pong() {} }) },
      'tells the answer to a ping, so that the round trip is known',
      /round trip/,
    ],
    [
      'members are not told',
      { events: () => ({ members() {} }) },
      'tells the members of a channel when it has presence',
      /members are told/,
    ],
  ]
  it.each(faults)('fails when %s', async (_name, fault, statement, message) => {
    const failed = await failures(fault)
    expect(failed[statement]).toMatch(message)
  })

  it('passes without a fault', async () => {
    expect(await failures({})).toEqual({})
  })
})
