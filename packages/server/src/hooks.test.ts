import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createHooks } from './hooks.ts'

const at = { host: '::1', port: 1, url: 'http://[::1]:1' }

describe('createHooks', () => {
  it('tells each listener once, in order, until it is removed', () => {
    const hooks = createHooks()
    const heard: string[] = []
    const listener = (): void => void heard.push('twice')
    const removes = [
      hooks.on('start', () => heard.push('first')),
      hooks.on('start', listener),
      hooks.on('start', listener),
    ]
    hooks.emit('start', at)
    removes[1]?.()
    removes[1]?.()
    hooks.emit('start', at)
    expect(heard).toEqual(['first', 'twice', 'twice', 'first', 'twice'])
    for (const remove of removes) remove()
    expect(hooks.has('start')).toBe(false)
  })

  it('tells of a listener that throws, and goes on with the others', () => {
    const hooks = createHooks()
    const heard: unknown[] = []
    hooks.on('crash', (error, where) => heard.push([error, where]))
    hooks.on('stop', () => {
      throw new Error('mine')
    })
    hooks.on('stop', () => heard.push('other'))
    hooks.emit('stop')
    expect(heard).toEqual([[new Error('mine'), 'hook stop'], 'other'])
  })

  it('warns when nobody hears of a crash, or who does throws', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    onTestFinished(() => warn.mockRestore())
    const hooks = createHooks()
    hooks.crash('no error', 'somewhere')
    hooks.on('crash', () => {
      throw new Error('mine')
    })
    hooks.crash(new Error('other'), 'elsewhere')
    const warnings = warn.mock.calls.map(([text]) => String(text).split('\n')[0])
    expect(warnings).toEqual(['somewhere: no error', 'hook crash: Error: mine'])
  })
})
