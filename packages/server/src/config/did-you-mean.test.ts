import { describe, expect, it } from 'vitest'
import { didYouMean } from './did-you-mean.ts'

const known = ['port', 'host', 'limits.frameBytes', 'limits.joins', 'log.level', 'rakit.channels', 'channels']

describe('didYouMean', () => {
  it.each([
    ['prot', 'port'],
    ['Port', 'port'],
    ['limits.frame_bytes', 'limits.frameBytes'],
    ['frame-bytes', 'limits.frameBytes'],
    ['log.levl', 'log.level'],
    ['chanels', 'channels'],
    ['rakit.chanels', 'rakit.channels'],
  ])('takes %s for %s', (unknown, name) => {
    expect(didYouMean(unknown, known)).toBe(name)
  })

  it.each(['database', 'appManager', 'xyz'])('has no idea what %s is', (unknown) => {
    expect(didYouMean(unknown, known)).toBeUndefined()
  })
})
