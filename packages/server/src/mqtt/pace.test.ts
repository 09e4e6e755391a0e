import { describe, expect, it } from 'vitest'
import { publishesOf, setupMqtt, toPublish, toSubscribe } from './mqtt-test-setup.ts'

describe('a client of MQTT that is too fast', () => {
  it('is read no faster than the rate, loses nothing and keeps its order', async () => {
    const { connect, clock } = setupMqtt({ mqtt: { perSecond: 10, burst: 2 } })
    const guest = await connect()
    const hearer = await connect()
    await hearer.say(toSubscribe('a'))
    const texts = Array.from({ length: 5 }, (_, n) => `${n}`)
    await guest.say(...texts.map((text, n) => toPublish('a', text, n === 4 ? { qos: 1 } : {})))
    const heard = () =>
      publishesOf(hearer.take()).map(({ payload }) => `${new TextDecoder().decode(payload)}`)
    expect([heard(), guest.isPaused]).toEqual([['0', '1'], true])
    await clock.advance(99)
    expect(heard()).toEqual([])
    await clock.advance(1)
    expect(heard()).toEqual(['2'])
    await clock.advance(200)
    expect([heard(), guest.isPaused]).toEqual([['3', '4'], false])
    expect(guest.take()).toMatchObject([{ type: 'puback', code: 0 }])
  })

  it('has its filters looked at as slowly, and nothing is left when it goes', async () => {
    const { connect, clock } = setupMqtt({ subscribeRate: { perSecond: 10, burst: 2 } })
    const guest = await connect()
    const [first] = await guest.say(toSubscribe('a'), toSubscribe('b'), toSubscribe('c'))
    expect(first).toMatchObject({ type: 'suback' })
    expect(guest.isPaused).toBe(true)
    await clock.advance(100)
    expect(guest.take()).toMatchObject([{ type: 'suback', codes: [0] }])
    await guest.say(toSubscribe('d'))
    // The end of the test looks whether a timer is left.
    await guest.drop()
  })
})
