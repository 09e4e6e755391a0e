import { describe, expect, it } from 'vitest'
import { isFilter, matchesTopic } from './topic-filter.ts'

describe('matchesTopic', () => {
  it.each([
    ['a', 'a', true],
    ['a', 'a/b', false],
    ['a/b', 'a', false],
    ['a/+', 'a/b', true],
    ['a/+', 'a', false],
    ['a/+', 'a/b/c', false],
    ['+/b', 'a/b', true],
    ['a/#', 'a/b/c', true],
    ['a/#', 'a', true],
    ['#', 'a/b', true],
    ['a/+/c', 'a//c', true],
    ['#/a', 'b/a', false],
  ])('%s and %s: %s', (filter, topic, expected) => {
    expect(matchesTopic(filter, topic)).toBe(expected)
  })
})

describe('isFilter', () => {
  it('tells filters from topics', () => {
    expect(['a/+', '#', 'a/#', '+/b', 'a+', 'a#b/c', 'a'].filter(isFilter)).toEqual([
      'a/+',
      '#',
      'a/#',
      '+/b',
    ])
  })
})
