import { describe, expect, it } from 'vitest'
import { classes, setup } from '../compat/clients-test-setup.ts'
import { encryption } from '../encrypted.ts'
import { seal } from '../far-end-test-setup.ts'
import { until } from '../until-test-setup.ts'
import { createForeignLink } from './link.ts'
import { createShare } from './share.ts'

describe.each(Object.entries(classes))('a link over %s', (_name, Class) => {
  it('tells an encrypted event once, although it was asked for the channel twice', async () => {
    const { pusher, server } = await setup(Class, {}, { encryption: encryption() })
    const heard: unknown[] = []
    const nothing = (): void => {}
    const link = createForeignLink(pusher, createShare(pusher, nothing), {
      joined: nothing,
      refused: nothing,
      members: nothing,
      error: nothing,
      lost: nothing,
      message: (_keys, event, payload) => heard.push([event, payload]),
    })
    const channel = 'private-encrypted-a'
    const request = { key: channel, recover: false, options: {} }
    link.subscribe([request])
    link.subscribe([request])
    await until(() => expect(server.joined(channel)).toBe(1))
    server.publish(channel, 'said', seal(channel, 1))
    server.publish(channel, 'said', seal(channel, 2))
    await until(() => expect(heard).toContainEqual(['said', 2]))
    expect(heard).toEqual([
      ['said', 1],
      ['said', 2],
    ])
  })
})
