import './vitest.ts'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createTestClient } from './test-client.ts'

async function setup() {
  const fake = createTestClient({ atEnd: onTestFinished })
  const channel = fake.client.untyped('room')
  channel.join()
  await fake.settled()
  return { ...fake, channel }
}

/** How the matcher explains itself when it fails. */
async function failure(run: () => unknown): Promise<string> {
  try {
    await run()
  } catch (error) {
    return (error as Error).message
  }
  return 'it passed'
}

describe('toHaveSent', () => {
  it('finds a frame by text, by pattern and by the fields of its JSON', async () => {
    const { transport } = await setup()
    expect(transport).toHaveSent('{"t":"hello"}')
    expect(transport.last).toHaveSent(/"sub"/)
    expect(transport).toHaveSent({ t: 'sub', chs: [expect.objectContaining({ ch: 'room' })] })
    expect(transport).not.toHaveSent({ t: 'pub' })
    expect(transport).not.toHaveSent(Uint8Array.of(1))
  })

  it('lists what was sent instead', async () => {
    const { transport } = await setup()
    expect(await failure(() => expect(transport).toHaveSent({ t: 'pub' }))).toBe(
      'expected a frame like {"t":"pub"} to be sent, but the client sent:\n- {"t":"hello"}\n- {"t":"sub","chs":[{"ch":"room"}]}',
    )
  })
})

describe('toBeConnected', () => {
  it('tells the status and the last error of one that is not', async () => {
    const { client, drop } = await setup()
    expect(client).toBeConnected()
    await drop()
    expect(client).not.toBeConnected()
    expect(await failure(() => expect(client).toBeConnected())).toMatch(
      /^expected the client to be connected, but it is reconnecting, because of \[connection.lost\]/,
    )
  })
})

describe('toBeJoined', () => {
  it('tells the state of one that is not', async () => {
    const { channel, client } = await setup()
    expect(channel).toBeJoined()
    expect(channel).toBeJoined('fresh')
    expect(channel).not.toBeJoined('complete')
    const message = await failure(() => expect(client.untyped('other')).toBeJoined())
    expect(message).toBe('expected the channel to be joined, but it is left')
    expect(await failure(() => expect(channel).toBeJoined('complete'))).toMatch(
      '(complete), but it is joined (fresh)',
    )
  })
})

describe('toHaveReceived', () => {
  it('finds a publish by channel, event and payload', async () => {
    const { channel, server, settled } = await setup()
    channel.publish('said', { n: 1 })
    await settled()
    expect(server).toHaveReceived('room', 'said')
    expect(server).toHaveReceived('room', 'said', { n: expect.any(Number) })
    expect(server).not.toHaveReceived('room', 'said', { n: 2 })
    expect(await failure(() => expect(server).toHaveReceived('room', 'sung'))).toBe(
      'expected sung to room to arrive, but the server got:\n- said to room: {"n":1}',
    )
  })
})

describe('toSettle', () => {
  it('waits for nothing that needs time', async () => {
    const { channel, server, clock } = await setup()
    await expect(channel.publish('said', 1)).toSettle('sent')
    await expect(channel.publish('said', 1, { delivery: 'at-least-once' })).toSettle('acknowledged')
    server.withhold('ack')
    const receipt = channel.publish('said', 1, { delivery: 'at-least-once', ttlMs: 5000 })
    await expect(receipt).not.toSettle()
    expect(await failure(() => expect(receipt).toSettle('sent'))).toMatch(
      'to settle as sent, but it is pending',
    )
    await clock.advance(5000)
    await expect(receipt).toSettle('unknown')
  })

  it('names the reason of a drop and the code of a refusal', async () => {
    const { channel, server, drop } = await setup()
    server.refusePublish('room', 'read only')
    await expect(channel.publish('said', 1, { delivery: 'at-least-once' })).toSettle('publish.refused')
    await drop()
    const receipt = channel.publish('said', 1, { delivery: 'volatile' })
    await expect(receipt).toSettle('offline')
    await expect(receipt).toSettle('dropped')
  })
})
