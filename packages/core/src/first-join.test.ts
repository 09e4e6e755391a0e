import { createTestClient, settled } from '@org/realtime-testing'
import { expect, it, onTestFinished } from 'vitest'
import { firstJoin } from './bind.ts'
import { defineChannels, event } from './index.ts'

function setup() {
  const fake = createTestClient({
    channels: defineChannels({ news: { Told: event<number>() } }),
    clientOptions: { subscribe: { lingerMs: 0 } },
    atEnd: onTestFinished,
  })
  return { ...fake, news: fake.client.channel('news') }
}

it('keeps a channel for the component that waited for it, even where channels do not linger', async () => {
  const { client, clock, server, news } = setup()
  await firstJoin(client, news)
  await clock.advance(99)
  expect(firstJoin(client, news)).toBeUndefined()
  await clock.advance(1)
  await clock.advance(0)
  expect(server.joined('news')).toBe(0)
})

it('can be asked why a channel was refused, even where channels do not linger', async () => {
  const { client, clock, server, news, expectError } = setup()
  expectError('channel.rejected')
  server.refuse('news', { code: 'forbidden' })
  await firstJoin(client, news)
  await clock.advance(99)
  await settled()
  expect(() => firstJoin(client, news)).toThrow('channel.rejected')
})
