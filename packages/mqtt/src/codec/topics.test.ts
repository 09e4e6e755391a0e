import { describe, expect, it } from 'vitest'
import { isFilter, isTopic, toMatched } from './topics.ts'

describe('isTopic', () => {
  it.each(['a', '/', 'a//b', ' ', '$SYS/x'])('takes %j', (name) => expect(isTopic(name)).toBe(true))
  it.each(['', 'a/+', '#', 'a\0'])('refuses %j', (name) => expect(isTopic(name)).toBe(false))
})

describe('isFilter', () => {
  it.each(['a', '#', '+', 'a/#', '/#', '+/+/#', '/+', 'a/+/b', '$SYS/#', '$share/g/a/+', '$share/g//x'])(
    '[MQTT-4.7.1-1 to -3] takes %j',
    (name) => expect(isFilter(name)).toBe(true),
  )
  it.each(['', 'a#', '#/a', 'a/#/b', 'a+', '+a', 'a/b+', '##', 'a\0'])(
    '[MQTT-4.7.1-1 to -3, 4.7.3-1] refuses %j',
    (name) => expect(isFilter(name)).toBe(false),
  )
  it.each(['$share/g', '$share//a', '$share/g/', '$share/+/a', '$share/g#/a'])(
    '[MQTT-4.8.2-1, -2] refuses the shared %j',
    (name) => expect(isFilter(name)).toBe(false),
  )
})

describe('toMatched', () => {
  it('is what a shared subscription shares', () => {
    expect(['$share/g/a/#', 'a/#'].map(toMatched)).toEqual(['a/#', 'a/#'])
  })
})
