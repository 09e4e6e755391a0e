import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { createRules, type RuleResult } from './authorize.ts'
import type { Guard } from './guard.ts'

const guard: Guard = (_where, call) => call()
const user = { id: 'ann', info: { name: 'Ann' } }

function setup(rules: Readonly<Record<string, RuleResult>>) {
  const table = createRules({ isOpen: true, guard })
  for (const [pattern, result] of Object.entries(rules)) table.add(pattern, () => result)
  return {
    ...table,
    ask: (channel: string) => table.decide(user, { channel, client: 'c', want: 'subscribe' }),
  }
}

const granted = { subscribe: true, publish: false, presence: false, history: true }

describe('createRules', () => {
  it('asks the rule that says most, in whatever order they came', () => {
    const { ask } = setup({ '*': false, 'room.{id}': true, 'room.7': { publish: true } })
    expect([ask('room.7'), ask('room.8'), ask('hall')]).toEqual([
      { ...granted, publish: true },
      granted,
      { refuse: 'forbidden', message: 'Not allowed' },
    ])
  })

  it('gives presence to names that start so, with what is known of the user', () => {
    const { ask } = setup({ '*': true })
    expect(ask('presence-a')).toEqual({ ...granted, presence: { info: { name: 'Ann' } } })
  })

  it('is open only while there is no rule', () => {
    const { ask, add } = setup({})
    expect(ask('a')).toEqual({ ...granted, publish: true })
    const remove = add('b', () => true)
    expect(ask('a')).toMatchObject({ refuse: 'unknown-channel' })
    remove()
    expect(ask('a')).toEqual({ ...granted, publish: true })
  })

  it('waits for a promise that is not of its own realm', async () => {
    const { ask } = setup({ a: runInNewContext('Promise.resolve(false)') })
    expect(await ask('a')).toEqual({ refuse: 'forbidden', message: 'Not allowed' })
  })

  it.each([['a{'], [''], ['taken']])('refuses the pattern %j', (pattern) => {
    const { add } = setup({ taken: true })
    expect(() => add(pattern, () => true)).toThrow('Option pattern must be')
  })
})
