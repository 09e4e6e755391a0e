import { describe, expect, it } from 'vitest'
import { createListeners } from './listeners.ts'

function setup() {
  const log: string[] = []
  const errors: unknown[] = []
  const listeners = createListeners<[string]>((error) => errors.push(error))
  const add = (name: string, act = (): void => {}) =>
    listeners.add((value) => {
      log.push(`${name} ${value}`)
      act()
    })
  return { listeners, add, log, errors }
}

describe('createListeners', () => {
  it('calls every listener in the order they were added', () => {
    const { listeners, add, log } = setup()
    add('a')
    add('b')
    listeners.emit('1')
    listeners.emit('2')
    expect(log).toEqual(['a 1', 'b 1', 'a 2', 'b 2'])
  })

  it('skips a listener that was removed during the emission (edge 84)', () => {
    const { listeners, add, log } = setup()
    add('a', () => removeB())
    const removeB = add('b')
    add('c')
    listeners.emit('1')
    expect(log).toEqual(['a 1', 'c 1'])
  })

  it('goes on when a listener removes itself', () => {
    const { listeners, add, log } = setup()
    const remove = add('a', () => remove())
    add('b')
    listeners.emit('1')
    listeners.emit('2')
    expect(log).toEqual(['a 1', 'b 1', 'b 2'])
  })

  it('lets a listener that was added during the emission wait for the next one', () => {
    const { listeners, add, log } = setup()
    const remove = add('a', () => {
      remove()
      add('late')
    })
    listeners.emit('1')
    listeners.emit('2')
    expect(log).toEqual(['a 1', 'late 2'])
  })

  it('reports a listener that throws and calls the others (edge 83)', () => {
    const { listeners, add, log, errors } = setup()
    const error = new Error('mine')
    add('a', () => {
      throw error
    })
    add('b')
    listeners.emit('1')
    expect(log).toEqual(['a 1', 'b 1'])
    expect(errors).toEqual([error])
  })

  it('keeps each addition of the same function apart', () => {
    const { listeners } = setup()
    const heard: string[] = []
    const listener = (value: string): void => void heard.push(value)
    const remove = listeners.add(listener)
    listeners.add(listener)
    remove()
    remove()
    listeners.emit('1')
    expect(heard).toEqual(['1'])
  })

  it('knows how many listen', () => {
    const { listeners, add } = setup()
    const removals = [add('a'), add('b')]
    expect(listeners.size).toBe(2)
    for (const remove of removals) remove()
    expect(listeners.size).toBe(0)
  })

  it('emits from inside an emission', () => {
    const { listeners, add, log } = setup()
    const remove = add('a', () => {
      remove()
      listeners.emit('inner')
    })
    add('b')
    listeners.emit('outer')
    expect(log).toEqual(['a outer', 'b inner', 'b outer'])
  })
})
