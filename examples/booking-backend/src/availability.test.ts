import { describe, expect, it } from 'vitest'
import { merge, toState } from './availability.ts'

describe('toState()', () => {
  it.each([
    [69.9, 'available'],
    [70, 'almost-full'],
    [89.9, 'almost-full'],
    [90, 'full'],
    [100, 'full'],
  ])('scenario 2: calls %d %% taken %s', (taken, state) => {
    expect(toState({ available_slots: (100 - taken) * 10, total_capacity: 1000 })).toBe(state)
  })

  it('is full without a capacity, and loading before anything is known', () => {
    expect(toState({ available_slots: 0, total_capacity: 0 })).toBe('full')
    expect(toState(undefined)).toBe('loading')
  })
})

describe('merge()', () => {
  const [early, late] = ['2026-03-01T16:00:00+07:00', '2026-03-01T09:00:01Z']
  const known = { session_id: 1, session_name: 'Diving', available_slots: 1, total_capacity: 10 }
  const update = { session_id: 1, available_slots: 11, total_capacity: 20 }

  it('leaves the other fields of a session as they were', () => {
    const newer = { ...update, updated_at: late }
    expect(merge({ ...known, updated_at: early }, newer)).toEqual({ ...known, ...newer })
    expect(merge({ ...known, updated_at: late }, newer)).toEqual({ ...known, ...newer })
  })

  it('takes from what is older only what is not known', () => {
    const newer = { ...update, updated_at: late }
    expect(merge(newer, { ...known, updated_at: early })).toEqual({ ...known, ...newer })
  })
})
