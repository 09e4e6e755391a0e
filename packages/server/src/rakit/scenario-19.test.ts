import { createRakit } from '@org/realtime-raw-ws'
import { createFakeClock, type FakeClock } from '@org/realtime-testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createServer, type Server } from '../index.ts'
import { until } from '../until-test-setup.ts'
import type { RakitOptions } from './rakit-options.ts'

const STEP_MS = 1000
const LONGEST = '{"message":""}'.length

/** A client on a real socket, and what it hears. */
function join(port: number, clock: FakeClock) {
  const client = createRakit({ url: `ws://127.0.0.1:${port}/rakit`, clock })
  onTestFinished(() => client.close())
  const heard: unknown[] = []
  for (const channel of ['@room', '@me', 'chat'])
    client.untyped(channel).on('message', (text, { from }) => heard.push([channel, text, from]))
  const frames = { in: 0, out: 0 }
  client.trace.subscribe((entry) => {
    if (entry.type === 'frame') frames[entry.direction]++
  })
  return { client, rakit: client.rakit, heard, frames }
}

/** Sockets are real, and time passes for both ends when the test says so: nothing depends on how fast this machine is. */
async function setup(compat: RakitOptions['compat'] & string) {
  const clock = createFakeClock()
  const received: string[] = []
  const answered: unknown[] = []
  const start = async (at: number): Promise<{ readonly server: Server; readonly port: number }> => {
    const server = createServer({ mode: 'development', port: at, rakit: { compat }, clock })
    server.on('receive', (_connection, frame) => received.push(`${frame}`))
    server.on('send', (_connection, frame) => answered.push(frame))
    onTestFinished(() => server.close())
    return { server, port: (await server.listen()).port }
  }
  const first = await start(0)
  const [a, b] = [join(first.port, clock), join(first.port, clock)]
  const ids = (): unknown[] => [a.rakit.id.get(), b.rakit.id.get()]
  await until(() => expect(b.rakit.members.get().list).toHaveLength(2))
  await until(() => expect(a.rakit.members.get().list).toHaveLength(2))
  await until(() => expect(received.filter((text) => text.includes('"subscribe"'))).toHaveLength(2))
  /** Whether all that was sent has arrived, both ways. */
  const isQuiet = (): void => {
    expect(received).toHaveLength(a.frames.out + b.frames.out)
    expect(answered).toHaveLength(a.frames.in + b.frames.in)
  }
  return { ...first, a, b, ids, clock, received, isQuiet, start }
}

describe('scenario 19', () => {
  it.each(['safe', 'exact'] as const)(
    'two clients get along over real sockets, and survive the end of the server (%s)',
    async (compat) => {
      const { server, port, a, b, ids, clock, received, isQuiet, start } = await setup(compat)
      const [aId, bId] = ids()
      expect(ids()).toEqual([expect.stringMatching(/^\w{8}$/), expect.stringMatching(/^\w{8}$/)])
      expect(
        a.rakit.members
          .get()
          .list.map(({ id }) => id)
          .sort(),
      ).toEqual([aId, bId].sort())

      // A broadcast is read with its sender, a private message reaches one, a channel its subscribers, unicode intact.
      await a.rakit.broadcast('Halo semua!')
      await a.rakit.sendTo(`${bId}`, 'Halo!')
      await a.client.untyped('chat').publish('message', 'é/€😀')
      const room = ['@room', 'Halo semua!', aId]
      const chat = ['chat', 'é/€😀', aId]
      await until(() => expect(a.heard).toEqual([room, chat]))
      await until(() => expect(b.heard).toEqual([room, ['@me', 'Halo!', aId], chat]))

      // A minute without a message, and 4 s between heartbeats, where 5 s of silence would cut.
      for (let passed = 0; passed < 60_000; passed += STEP_MS) {
        await clock.advance(STEP_MS)
        await until(isQuiet)
      }
      expect(received.filter((text) => text === '{"ping":1}').length).toBeGreaterThanOrEqual(24)
      expect(server.connections()).toHaveLength(2)
      expect(ids()).toEqual([aId, bId])

      // One byte too many is refused here, and the server goes on answering the other client.
      const tooLong = a.rakit.broadcast('x'.repeat(2041 - LONGEST))
      await expect(tooLong).rejects.toMatchObject({ code: 'message.too-large', details: { bytes: 2041 } })
      await b.rakit.broadcast('still here')
      await until(() => expect(a.heard.at(-1)).toEqual(['@room', 'still here', bId]))

      // The end of the server is 1006; then come new ids, and the channel works without anybody's help.
      await server.close()
      await until(() => expect(a.client.status.get().lastError).toMatchObject({ details: { code: 1006 } }))
      await start(port)
      await until(async () => {
        await clock.advance(STEP_MS)
        expect([a, b].map(({ client }) => client.status.get().status)).toEqual(['connected', 'connected'])
      })
      expect(ids().filter((id) => id === aId || id === bId)).toEqual([])
      await until(() => expect(received.filter((text) => text.includes('"subscribe"'))).toHaveLength(4))
      await a.client.untyped('chat').publish('message', 'again')
      await until(() => expect(b.heard.at(-1)).toEqual(['chat', 'again', ids()[0]]))
    },
  )
})
