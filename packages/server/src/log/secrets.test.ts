import { describe, expect, it } from 'vitest'
import { dialRaw, startServer } from '../socket-test-setup.ts'
import { createLog } from './log.ts'
import { logServer } from './log-server.ts'

const CLIENTS = 40
const PUBLISHES = 25

/** Many clients at once, each with secrets of its own, some of which go wrong. */
async function load(port: number): Promise<{ readonly secrets: string[]; readonly payloads: string[] }> {
  const secrets: string[] = []
  const payloads: string[] = []
  const talk = async (number: number): Promise<void> => {
    const [token, cookie, next] = [`tok-${number}-a1b2`, `sid-${number}-c3d4`, `new-${number}-e5f6`]
    secrets.push(token, cookie, next)
    const client = await dialRaw(port, { headers: { cookie: `session=${cookie}` } }, `/raw?token=${token}`)
    const { session } = await client.hello({ token })
    secrets.push(session)
    client.send({ t: 'sub', chs: [{ ch: 'room' }] })
    for (let count = 0; count < PUBLISHES; count++) {
      const text = `said-${number}-${count}-x`
      payloads.push(text)
      client.send({
        t: 'pub',
        id: `${number}-${count}`,
        ch: 'room',
        ev: 'said',
        data: { text, password: token },
      })
    }
    client.send({ t: 'auth', token: next })
    await client.next(number % 4 === 0 ? 'denied' : 'authed')
    client.socket.terminate()
    await client.ended
  }
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => talk(number)))
  return { secrets, payloads }
}

describe('the log of a server under load', () => {
  it.each([true, false])('shows no secret, and payloads only when asked: %s', async (payloads) => {
    const lines: string[] = []
    const log = createLog({ level: 'debug', payloads, sink: (entry) => lines.push(JSON.stringify(entry)) })
    const { server, port } = await startServer({
      limits: { bufferBytes: 67_108_864 },
      authenticate(token) {
        const [kind = '', number = ''] = token?.split('-') ?? []
        if (kind === 'new' && Number(number) % 4 === 0)
          throw new Error(`Cannot look up token ${token}: token=${token}`)
        return { id: `user-${number}` }
      },
    })
    logServer(server, log)
    const said = await load(port)
    const all = lines.join('\n')
    expect(lines.length).toBeGreaterThan(CLIENTS * PUBLISHES)
    expect(all).toContain('"event":"crash"')
    expect(said.secrets.filter((secret) => all.includes(secret))).toEqual([])
    expect(said.payloads.filter((text) => all.includes(text))).toHaveLength(
      payloads ? said.payloads.length : 0,
    )
  })
})
