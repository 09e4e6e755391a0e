import { defineChannels, event } from '@org/realtime-core'
import { it } from 'vitest'
import { createPublisher } from '../publisher.ts'

const channels = defineChannels({
  availability: { Updated: event<{ n: number }>() },
  'private-booking.{userId}': { Changed: event<{ code: string }>() },
})
const publisher = createPublisher({ appId: '1', key: 'k', secret: 's', channels })

it('takes the names and payloads of the registry alone', () => {
  publisher.channel('availability').publish('Updated', { n: 1 })
  publisher.channel('private-booking.{userId}', { userId: 42 }).publish('Changed', { code: 'x' })
  // @ts-expect-error no such channel
  publisher.channel('other')
  // @ts-expect-error parameters are missing
  publisher.channel('private-booking.{userId}')
  // @ts-expect-error no such event
  publisher.channel('availability').publish('Changed', { code: 'x' })
  // @ts-expect-error another payload
  publisher.channel('availability').publish('Updated', { n: 'x' })
  // @ts-expect-error another payload, in a batch
  publisher.channel('availability').entry('Updated', {})
  publisher.channel('availability').throttle('Updated', { everyMs: 1, key: ({ n }) => `${n}` })({ n: 1 })
  // @ts-expect-error another payload, at a pace
  publisher.channel('availability').throttle('Updated', { everyMs: 1 })({})
})
