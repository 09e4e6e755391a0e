import { describe, expect, it } from 'vitest'
import { follow, toList } from './follow.ts'

describe('follow', () => {
  it('starts what is new before it stops what is gone, and leaves the rest', () => {
    const log: string[] = []
    const active = new Map<string, () => void>()
    const start = (name: string) => {
      log.push(`start ${name}`)
      return () => log.push(`stop ${name}`)
    }
    follow(active, ['a', 'b', 'b'], start)
    follow(active, ['b', 'c'], start)
    follow(active, [], start)
    expect(log).toEqual(['start a', 'start b', 'start c', 'stop a', 'stop b', 'stop c'])
    expect(active.size).toBe(0)
  })
})

describe('toList', () => {
  it('takes one, several or none', () => {
    const one = {}
    expect(toList(one)).toEqual([one])
    expect(toList([one, one])).toEqual([one, one])
    expect([toList(undefined), toList(null), toList(false)]).toEqual([[], [], []])
  })
})
