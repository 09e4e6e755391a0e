import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { mountInspector } from './index.ts'
import { createFake, holdFrames, look } from './page-test-setup.ts'

beforeEach(() => localStorage.clear())

function setup(options?: Parameters<typeof mountInspector>[1]) {
  const fake = createFake()
  holdFrames()
  const remove = mountInspector(fake.client, options)
  onTestFinished(remove)
  const host = document.body.lastElementChild as HTMLElement
  return { ...fake, remove, host, ...look(host) }
}

describe('mountInspector', () => {
  it('opens and closes, and closed listens to nothing', () => {
    const { find, listeners, host } = setup()
    expect(listeners).toEqual({ status: 0, trace: 0 })
    find('button').click()
    expect(listeners).toEqual({ status: 1, trace: 1 })
    expect(host.shadowRoot?.activeElement?.textContent).toBe('Close')
    find('.title button').click()
    expect(listeners).toEqual({ status: 0, trace: 0 })
    expect(host.shadowRoot?.activeElement?.textContent).toBe('Realtime')
  })

  it('closes by Escape', () => {
    const { find, listeners, texts } = setup({ open: true })
    expect(listeners.trace).toBe(1)
    find('.title button').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
    expect(listeners.trace).toBe(0)
    expect(texts('.window')).toEqual([])
  })

  it('remembers whether it was open', () => {
    const first = setup()
    first.find('button').click()
    first.remove()
    const second = setup()
    expect(second.listeners.trace).toBe(1)
    second.find('.title button').click()
    second.remove()
    expect(setup({ open: true }).listeners.trace).toBe(0)
  })

  it('does without a storage', () => {
    vi.stubGlobal('localStorage', undefined)
    const { find, listeners } = setup()
    find('button').click()
    expect(listeners.trace).toBe(1)
  })

  it('is gone when it is removed, with all that it listened to', () => {
    const before = document.body.childElementCount
    const { remove, listeners } = setup({ open: true })
    expect(document.body.childElementCount).toBe(before + 1)
    remove()
    remove()
    expect(document.body.childElementCount).toBe(before)
    expect(listeners).toEqual({ status: 0, trace: 0 })
  })
})
