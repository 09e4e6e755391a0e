import { describe, expect, it } from 'vitest'
import PusherClass, { Pusher } from '../compat.ts'
import { KEY } from '../far-end-test-setup.ts'

describe('our Pusher', () => {
  it('is the default export too', () => {
    expect(PusherClass).toBe(Pusher)
  })

  it('names its own options when none says where the server is', () => {
    expect(() => new Pusher(KEY, {})).toThrow(
      /Option wsHost must be a host without scheme or port, unless there is a cluster/,
    )
    expect(() => new Pusher(KEY, { wsHost: 'https://a.test' })).toThrow(
      /Option wsHost must be a host without/,
    )
  })
})
