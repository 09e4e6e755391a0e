import { describe, expect, it } from 'vitest'
import { createFakeClock } from './fake-clock.ts'

describe('createFakeClock', () => {
  it('runs timers in the order in which they are due, and in order of arming at the same time', async () => {
    const clock = createFakeClock()
    const log: string[] = []
    clock.after(20, () => log.push(`b at ${clock.now()}`))
    clock.after(10, () => log.push(`a at ${clock.now()}`))
    clock.after(20, () => log.push(`c at ${clock.now()}`))
    await clock.advance(15)
    expect(log).toEqual(['a at 10'])
    await clock.advance(5)
    expect(log).toEqual(['a at 10', 'b at 20', 'c at 20'])
    expect(clock.now()).toBe(20)
  })

  it('never runs a timer from inside after()', () => {
    const clock = createFakeClock()
    let hasRun = false
    clock.after(0, () => {
      hasRun = true
    })
    expect(hasRun).toBe(false)
    clock.advanceSync(0)
    expect(hasRun).toBe(true)
  })

  it('lets promises go on between timers', async () => {
    const clock = createFakeClock()
    const log: string[] = []
    clock.after(10, async () => {
      for (let depth = 0; depth < 50; depth++) await undefined
      log.push('promise')
      clock.after(5, () => log.push('armed by the promise'))
    })
    clock.after(15, () => log.push('timer'))
    await clock.advance(20)
    expect(log).toEqual(['promise', 'timer', 'armed by the promise'])
  })

  it('does not run a cancelled timer, also when cancelled by one of the same time', async () => {
    const clock = createFakeClock()
    const log: string[] = []
    clock.after(10, () => cancel())
    const cancel = clock.after(10, () => log.push('cancelled'))
    clock.after(5, () => log.push('kept'))()
    await clock.advance(10)
    expect(log).toEqual([])
    expect(clock.pending).toEqual([])
  })

  it('keeps the order through thousands of timers and cancels', () => {
    const clock = createFakeClock({ seed: 7 })
    const due: number[] = []
    const cancels = Array.from({ length: 5000 }, () => {
      const ms = Math.floor(clock.random() * 1000)
      return clock.after(ms, () => due.push(ms))
    })
    for (const [index, cancel] of cancels.entries()) if (index % 3 === 0) cancel()
    clock.advanceSync(1000)
    expect(due).toEqual([...due].sort((a, b) => a - b))
    expect(due).toHaveLength(5000 - 1667)
  })

  it('lists pending timers', () => {
    const clock = createFakeClock()
    clock.after(30, () => {}, true)
    clock.after(10, () => {})
    clock.advanceSync(5)
    expect(clock.pending).toEqual([
      { dueIn: 5, keepsProcess: false },
      { dueIn: 25, keepsProcess: true },
    ])
  })

  it('runs all timers, also those that timers arm', async () => {
    const clock = createFakeClock()
    const log: number[] = []
    clock.after(10, () => clock.after(20, () => log.push(clock.now())))
    clock.after(Infinity, () => log.push(-1))
    await clock.runAll()
    expect(log).toEqual([30])
  })

  it('gives up running all when timers never end', async () => {
    const clock = createFakeClock()
    const tick = (): void => void clock.after(10, tick)
    tick()
    await expect(clock.runAll(5)).rejects.toThrow('After 5 timers the next one is due in 10 ms')
  })

  it('runs timers late and at once after a sleep', async () => {
    const clock = createFakeClock()
    const log: string[] = []
    clock.after(20, () => log.push(`b at ${clock.now()}`))
    clock.after(10, () => log.push(`a at ${clock.now()}`))
    const date = clock.date()
    await clock.sleep(60_000)
    expect(log).toEqual(['a at 60000', 'b at 60000'])
    expect(clock.date() - date).toBe(60_000)
  })

  it('jumps the wall clock alone', () => {
    const clock = createFakeClock({ date: 5000 })
    clock.jumpDate(-3000)
    expect([clock.now(), clock.date()]).toEqual([0, 2000])
    clock.advanceSync(100)
    expect([clock.now(), clock.date()]).toEqual([100, 2100])
  })

  it('repeats its random numbers for the same seed, until they are replaced', () => {
    const draw = (seed: number): number[] => {
      const clock = createFakeClock({ seed })
      return [clock.random(), clock.random(), clock.random()]
    }
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
    const clock = createFakeClock()
    clock.setRandom(() => 0.5)
    expect(clock.random()).toBe(0.5)
    clock.setRandom()
    expect(clock.random()).toBe(draw(1)[0])
  })

  it('spreads random numbers evenly', () => {
    const clock = createFakeClock({ seed: 3 })
    const counts = new Array<number>(10).fill(0)
    for (let draw = 0; draw < 20_000; draw++) {
      const bucket = Math.floor(clock.random() * 10)
      counts[bucket] = (counts[bucket] ?? 0) + 1
    }
    expect(Math.min(...counts)).toBeGreaterThan(1800)
    expect(Math.max(...counts)).toBeLessThan(2200)
  })

  it('refuses to wait for NaN and to be moved twice at once', async () => {
    const clock = createFakeClock()
    expect(() => clock.after(Number.NaN, () => {})).toThrow('NaN')
    const first = clock.advance(10)
    await expect(clock.advance(10)).rejects.toThrow('moving already')
    await first
  })
})
