import { afterAll, describe, expect, it, vi } from 'vitest'
import type { LiveRig } from './conformance/protocol-rig.ts'
import { farEndKinds } from './far-end-kinds-test-setup.ts'
import { kinds, subjects } from './live-rigs-test-setup.ts'
import { protocolConformance } from './protocol-conformance.ts'
import { trackHandles } from './track-handles.ts'

vi.setConfig({ testTimeout: 30_000 })
const expectNoNewHandles = trackHandles()
afterAll(() => expectNoNewHandles())

for (const [kind, { start, options }] of kinds) {
  const rig = async () => ({ ...start(), ...(await farEndKinds[kind]()) })
  protocolConformance(`${kind} over ws`, rig, { describe, it }, options)
}

describe('protocolConformance over a network', () => {
  /** Runs one statement over the acked protocol with its reports changed. */
  async function failure(statement: string, change: (rig: LiveRig) => LiveRig): Promise<string | undefined> {
    const tests = new Map<string, () => Promise<void>>()
    const runner = {
      describe: (_name: string, body: () => void) => body(),
      it: (name: string, body: () => Promise<void>) => tests.set(name, body),
    }
    protocolConformance(
      'broken',
      async () => change({ ...subjects.acked.start(), ...(await farEndKinds.acked()) }),
      runner,
    )
    return tests
      .get(statement)?.()
      .then(
        () => undefined,
        ({ message }: Error) => message,
      )
  }

  it('finds a link that is ready twice', async () => {
    const found = await failure('answers every join', ({ protocol, ...rig }) => ({
      ...rig,
      protocol: {
        ...protocol,
        open: (session, events, opening) =>
          protocol.open(
            session,
            { ...events, ready: (ready) => [events.ready(ready), events.ready(ready)] },
            opening,
          ),
      },
    }))
    expect(found).toMatch(/ready twice/)
  })

  it('finds a timer that outlives its link', async () => {
    const found = await failure('answers every join', ({ protocol, ...rig }) => ({
      ...rig,
      protocol: {
        ...protocol,
        open(session, events, opening) {
          opening.clock.after(60_000, () => {})
          return protocol.open(session, events, opening)
        },
      },
    }))
    expect(found).toMatch(/a timer due in/)
  })

  it('stops the far end, whatever a statement has found', async () => {
    let isStopped = false
    const found = await failure('answers every join', (rig) => ({
      ...rig,
      server: { ...rig.server, joined: () => Promise.reject(new Error('no count')) },
      async stop() {
        isStopped = true
        await rig.stop?.()
      },
    }))
    expect([found, isStopped]).toEqual(['no count', true])
  })
})
