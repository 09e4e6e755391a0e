import type { LiveServer } from '@org/realtime-testing'
import type { LiveFarEnd } from './live-far-end-test-setup.ts'

const unasked = (): Promise<never> =>
  Promise.reject(new Error('This far end does nothing to a frame or a socket'))

/** A far end on a port as the conformance suite, or a page, asks for it. */
export const toLiveServer = (farEnd: LiveFarEnd): LiveServer => ({
  publish: async (...message) => farEnd.publish(...message),
  received: async () => [...farEnd.received],
  joined: async (channel) => farEnd.joined(channel),
  withhold: async () => farEnd.withhold(),
  release: async () => farEnd.release(),
  dropAll: async () => farEnd.dropAll(),
  refuse: async (channel) => farEnd.refuse(channel),
  stall: unasked,
  unstall: unasked,
  send: unasked,
})
