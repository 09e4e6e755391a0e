import { describe, expect, it } from 'vitest'
import { isSame, keep } from './same.ts'

describe('isSame', () => {
  it.each([
    [1, 1],
    [Number.NaN, Number.NaN],
    [
      [1, 'a'],
      [1, 'a'],
    ],
    [
      { a: 1, b: undefined },
      { a: 1, b: undefined },
    ],
    [[], []],
  ])('takes %j and %j for the same', (a, b) => expect(isSame(a, b)).toBe(true))

  it.each([
    [1, 2],
    [0, -0],
    [null, undefined],
    [[1], [1, 2]],
    [[1], { 0: 1 }],
    [{ a: undefined }, { b: undefined }],
    [{ a: {} }, { a: {} }],
    [new Map([[1, 1]]), new Map([[2, 2]])],
    [new Date(0), new Date(1)],
    [new (class A {})(), new (class B {})()],
  ])('tells %j and %j apart', (a, b) => expect(isSame(a, b)).toBe(false))
})

describe('keep', () => {
  it('returns the old value where the new one says the same', () => {
    const old = { a: 1 }
    expect(keep({ a: 1 }, old)).toBe(old)
    expect(keep({ a: 2 }, old)).toEqual({ a: 2 })
  })
})
