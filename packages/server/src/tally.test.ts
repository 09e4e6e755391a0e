import { describe, expect, it } from 'vitest'
import { createTally } from './tally.ts'

describe('createTally', () => {
  it('counts each set of labels for itself', () => {
    const tally = createTally()
    tally.count('joins', { endpoint: 'raw' })
    tally.count('joins', { endpoint: 'raw' })
    tally.count('joins', { endpoint: 'mqtt' })
    expect([...tally.read('joins')]).toEqual([
      [{ endpoint: 'raw' }, 2],
      [{ endpoint: 'mqtt' }, 1],
    ])
    expect([...tally.read('crashes')]).toEqual([])
  })

  it('stays bounded whatever comes as a label', () => {
    const tally = createTally()
    for (let index = 0; index < 2000; index++)
      tally.count('refusals', { endpoint: 'own', what: 'join', reason: `${index}` })
    const all = [...tally.read('refusals')]
    expect(all).toHaveLength(501)
    expect(all.at(-1)).toEqual([{ endpoint: 'other', what: 'other', reason: 'other' }, 1500])
  })
})
