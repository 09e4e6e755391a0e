import type { Session, SessionEvents, Transport } from '@org/realtime-core/kit'
import { describe, expect, it } from 'vitest'
import { createMemoryRig } from './memory-rig.ts'
import { transportConformance } from './transport-conformance.ts'

transportConformance('memory', createMemoryRig, { describe, it })

/** Runs the suite over the memory transport with a fault, and returns the statements that fail. */
async function failures(
  break_: (events: SessionEvents, start: (events: SessionEvents) => Session) => Session,
): Promise<string[]> {
  const tests: [string, () => Promise<void>][] = []
  const runner = {
    describe: (_name: string, body: () => void) => body(),
    it: (...test: [string, () => Promise<void>]) => tests.push(test),
  }
  transportConformance('broken', () => withFault(break_), runner)
  const failed: string[] = []
  for (const [name, body] of tests) await body().catch(() => failed.push(name))
  return failed
}

function withFault(break_: Parameters<typeof failures>[0]) {
  const rig = createMemoryRig()
  const transport: Transport = (target, events) => break_(events, (given) => rig.transport(target, given))
  return { ...rig, transport }
}

describe('transportConformance', () => {
  it('finds reports from inside a call', async () => {
    const failed = await failures((events, start) => {
      const session = start(events)
      return Object.create(session, {
        close: {
          value: (code?: number) => {
            session.close(code)
            events.end({ code: 1000 })
          },
        },
      })
    })
    expect(failed).toContain('reports nothing after its own close()')
  })

  it('finds an end that is reported twice', async () => {
    const failed = await failures((events, start) =>
      start({ ...events, end: (end) => [events.end(end), events.end(end)] }),
    )
    expect(failed).toEqual(
      expect.arrayContaining([
        'reports an end once, with its code and reason, and nothing after it',
        'reports a cut connection as one end',
        'reports a refused dial as one end, without opening',
      ]),
    )
  })

  it('finds text that arrives as bytes', async () => {
    const failed = await failures((events, start) =>
      start({
        ...events,
        frame: (frame) => events.frame(typeof frame === 'string' ? new TextEncoder().encode(frame) : frame),
      }),
    )
    expect(failed).toEqual(['carries frames of every kind and size from the far end, in order'])
  })

  it('finds a subprotocol and a close code that get lost', async () => {
    const failed = await failures((events, start) => {
      const session = start({ ...events, open: () => events.open('') })
      return Object.create(session, { close: { value: () => session.close() } })
    })
    expect(failed).toEqual([
      'opens once and reports the subprotocol that the far end picked',
      'tells the far end the code and reason of close()',
    ])
  })

  it('leaves out what is excepted by name, and refuses a name it does not know', () => {
    const names: string[] = []
    const runner = {
      describe: (_name: string, body: () => void) => body(),
      it: (name: string) => names.push(name),
    }
    transportConformance('memory', createMemoryRig, runner, { except: ['keeps sessions apart'] })
    expect(names).toContain('is excepted from: keeps sessions apart')
    expect(names).not.toContain('keeps sessions apart')
    expect(() => transportConformance('memory', createMemoryRig, runner, { except: ['flies'] })).toThrow(
      'flies',
    )
  })
})
