import { afterEach, describe, expect, it, vi } from 'vitest'
import { createControl } from './control.ts'

/** A server that answers when told to. */
function setup() {
  const asked: string[] = []
  const answers: (() => void)[] = []
  vi.stubGlobal('fetch', (url: string, { method }: RequestInit) => {
    asked.push(`${method} ${url}`)
    const id = `${asked.length}`
    return new Promise((resolve) => answers.push(() => resolve(Response.json({ id }))))
  })
  const answer = async () => {
    await new Promise(setImmediate)
    answers.shift()?.()
    await new Promise(setImmediate)
  }
  return { asked, answer, control: createControl({ url: '', token: 't' }) }
}

afterEach(() => void vi.unstubAllGlobals())

describe('createControl', () => {
  it('does one after the other', async () => {
    const { asked, answer, control } = setup()
    void control.add({ at: 'now', do: 'cut' })
    void control.publish('a', 'said', 1)
    await Promise.resolve()
    expect(asked).toEqual(['POST /faults'])
    await answer()
    expect(asked).toEqual(['POST /faults', 'POST /publish'])
  })

  it('takes all back at once, and does what comes behind afterwards', async () => {
    const { asked, answer, control } = setup()
    const added = [control.add({ at: 'open', do: 'cut' }), control.add({ at: 'upgrade', do: 'refuse' })]
    await answer()
    await answer()
    const releases = await Promise.all(added)
    asked.length = 0
    for (const release of releases) void release()
    void control.publish('a', 'said', 1)
    expect(asked).toEqual(['DELETE /faults/1', 'DELETE /faults/2'])
    await answer()
    expect(asked).toHaveLength(2)
    await answer()
    expect(asked[2]).toBe('POST /publish')
  })
})
