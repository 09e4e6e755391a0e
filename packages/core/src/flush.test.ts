import { createFakeClock, createFakeSignals } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { flush, schedule } from './flush.ts'

function setup() {
  const clock = createFakeClock()
  const errors: unknown[] = []
  const log: string[] = []
  const env = { clock, signals: createFakeSignals(), report: (error: unknown) => void errors.push(error) }
  const say = (word: string) => () => void log.push(word)
  return { env, clock, errors, log, say }
}

describe('schedule', () => {
  it('runs everything that is due at one time together, each once, in order', async () => {
    const { env, clock, log, say } = setup()
    const a = say('a')
    schedule(env, 50, a)
    await clock.advance(49)
    schedule(env, 50, say('b'))
    schedule(env, 50, a)
    expect(log).toEqual([])
    await clock.advance(1)
    expect(log).toEqual(['a', 'b'])
    expect(clock.pending).toEqual([])
  })

  it('runs sync at once, and raf after 16 ms where there are no frames', async () => {
    const { env, clock, log, say } = setup()
    schedule(env, 'sync', say('sync'))
    schedule(env, 'raf', say('raf'))
    expect(log).toEqual(['sync'])
    await clock.advance(16)
    expect(log).toEqual(['sync', 'raf'])
  })

  it('leaves who is scheduled meanwhile for the next time', async () => {
    const { env, clock, log, say } = setup()
    schedule(env, 10, () => schedule(env, 10, say('again')))
    await clock.advance(10)
    expect(log).toEqual([])
    await clock.advance(10)
    expect(log).toEqual(['again'])
  })

  it('keeps back what waits for the page until it is told', () => {
    const { env, clock, log, say } = setup()
    schedule(env, 'back', say('back'))
    expect(clock.pending).toEqual([])
    flush(env, 'back')
    expect(log).toEqual(['back'])
  })

  it('reports what throws, and runs the others', () => {
    const { env, errors, log, say } = setup()
    const error = new Error('mine')
    schedule(env, 'back', () => {
      throw error
    })
    schedule(env, 'back', say('other'))
    flush(env, 'back')
    expect(log).toEqual(['other'])
    expect(errors).toEqual([error])
  })

  it('knows clients apart', async () => {
    const one = setup()
    const two = setup()
    schedule(one.env, 10, one.say('one'))
    schedule(two.env, 10, two.say('two'))
    await two.clock.advance(10)
    expect(one.log).toEqual([])
    expect(two.log).toEqual(['two'])
    await one.clock.advance(10)
  })
})
