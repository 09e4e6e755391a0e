import { expect, it } from 'vitest'
import { wrap } from './wrap.ts'

class Counter {
  total = 0
  add(by: number): number {
    this.total += by
    return this.total
  }
}

const twice = (counter: Counter) =>
  wrap<'add', [number], number>(counter, 'add', (add, by) => add(by) + add(by))

it('wrap() puts a function around a method of a class, until it is undone', () => {
  const counter = new Counter()
  const undo = twice(counter)
  expect(counter.add(1)).toBe(3)
  undo()
  expect([counter.add(1), Object.keys(counter)]).toEqual([3, ['total']])
})

it('wrap() puts back a method that the object had itself', () => {
  const counter = new Counter()
  const own = (): number => 7
  counter.add = own
  twice(counter)()
  expect(counter.add).toBe(own)
})

it('wrap() leaves alone what others have put around it since, and does nothing below them', () => {
  const counter = new Counter()
  const undo = twice(counter)
  const undoTheirs = twice(counter)
  undo()
  expect(counter.add(1)).toBe(3)
  undoTheirs()
  expect(counter.add(1)).toBe(3)
})
