import { describe, expect, it } from 'vitest'
import { setup, said } from './test-setup.ts'
describe('x', () => {
  it('connects', async () => {
    const { connect, statuses, client } = setup()
    const peer = await connect()
    expect(statuses).toEqual(['connecting', 'connected'])
    expect(said(peer)).toEqual([['hello', null]])
  })
  it('fails at end', async () => {
    const { connect, clock } = setup()
    await connect()
    clock.after(10, () => {})
  })
})
