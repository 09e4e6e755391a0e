import { describe, expect, it } from 'vitest'
import { parseTopic } from './parse-topic.ts'

describe('parseTopic', () => {
  it.each([
    ['sensors/{id}/temperature', 'sensors/7/temperature', { id: '7' }],
    ['{site}/+/{id}', 'a/b/c', { site: 'a', id: 'c' }],
    ['logs/{level}/#', 'logs/warn/a/b', { level: 'warn' }],
    ['logs/{level}/#', 'logs/warn', { level: 'warn' }],
    ['a/b', 'a/b', {}],
    ['sensors/{id}/temperature', 'sensors/7/humidity', undefined],
    ['sensors/{id}', 'sensors/7/8', undefined],
    ['logs/{level}/#', 'logs', undefined],
  ])('of %s finds in %s %j', (pattern, topic, params) => {
    expect(parseTopic(pattern, topic)).toEqual(params)
  })
})
