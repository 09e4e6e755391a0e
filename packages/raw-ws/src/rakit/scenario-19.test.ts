import { settled } from '@org/realtime-testing'
import { expect, it } from 'vitest'
import { setupRakit } from './rakit-test-setup.ts'

it('two clients of a Rakit server get along, and survive its end', async () => {
  const { clock, served, client } = setupRakit({ compat: 'exact' })
  const [a, b] = [client(), client()]
  const { wire } = a
  for (const { client } of [a, b]) {
    client.connect()
    await settled()
  }
  const rakit = { a: a.client.rakit, b: b.client.rakit }
  const [aId, bId] = [rakit.a.id.get(), rakit.b.id.get()]
  const seconds = Math.floor(clock.date() / 1000)
  const user = (id: string | undefined): string =>
    `"${id}":{"id":"${id}","name":"Guest","connected_at":${seconds}}`

  // Own ids are known, and the members are two.
  expect(wire).toEqual([
    `Client #${aId} connected`,
    `{"type":"presence","users":{${user(aId)}}}`,
    `Client #${bId} connected`,
    `{"type":"presence","users":{${user(aId)},${user(bId)}}}`,
  ])
  expect(rakit.a.members.get().list.map(({ id }) => id)).toEqual([aId, bId])

  // A broadcast is read through its double encoding, a private message reaches one, a channel its subscribers.
  const heard = [a, b].map(({ hear }) => [hear('@room'), hear('@me'), hear('chat')])
  await settled()
  wire.length = 0
  await rakit.a.broadcast('Halo semua!')
  await settled()
  await rakit.a.sendTo(`${bId}`, ' Halo! ')
  await a.client.untyped('chat').publish('message', 'é/€😀')
  await settled()
  expect(wire).toEqual([
    '> {"message":"Halo semua!"}',
    `{"client_id":"${aId}","message":"{\\"message\\":\\"Halo semua!\\"}"}`,
    `> {"to":"${bId}","message":" Halo! "}`,
    '> {"event":"message","channel":"chat","data":"é/€😀"}',
    `{"channel":"chat","data":"\\u00e9\\/\\u20ac\\ud83d\\ude00","client_id":"${aId}"}`,
  ])
  const broadcast = [['message', 'Halo semua!', aId]]
  const chat = [['message', 'é/€😀', aId]]
  expect(heard).toEqual([
    [broadcast, [], chat],
    [broadcast, [['message', 'Halo!', aId]], chat],
  ])

  // A minute of silence cuts nobody.
  await clock.advance(60_000)
  expect([a.transport.sessions.length, b.transport.sessions.length]).toEqual([1, 1])

  // A text of one byte too many is refused here, and the server still answers the other client.
  const tooLong = 'x'.repeat(2041 - '{"message":""}'.length)
  await expect(rakit.a.broadcast(tooLong)).rejects.toMatchObject({ details: { bytes: 2041 } })
  await rakit.b.broadcast('still here')
  await settled()
  expect(heard[0]?.[0]?.at(-1)).toEqual(['message', 'still here', bId])

  // The end of the server is 1006; then come new ids, and the channel works without anybody's help.
  served.dropAll()
  await settled()
  expect(a.client.status.get()).toMatchObject({
    status: 'reconnecting',
    lastError: { details: { code: 1006 } },
  })
  await clock.advance(5000)
  const next = rakit.a.id.get()
  expect(next).not.toBe(aId)
  await a.client.untyped('chat').publish('message', 'again')
  await settled()
  expect(heard[1]?.[2]?.at(-1)).toEqual(['message', 'again', next])
})
