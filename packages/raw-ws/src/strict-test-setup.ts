import type { Frame, OutgoingMessage, SubscribeRequest } from '@org/realtime-core/kit'
import { createFakeClock, createMemoryTransport, openLink, settled } from '@org/realtime-testing'
import type { ServerFrame } from './envelope.ts'
import { createStrictProtocol } from './strict-protocol.ts'

export const welcome = {
  t: 'welcome',
  v: 1,
  session: 's-1',
  client: 'c-1',
  resumed: false,
  idleMs: 25_000,
  answerMs: 5000,
  limits: { frameBytes: 1000, channels: 100, joins: 2 },
} as const satisfies ServerFrame

/** Links of one protocol object, one after the other or side by side, each with the far end in the test's hands. */
export function setupStrict(options?: Parameters<typeof createStrictProtocol>[0]) {
  const protocol = createStrictProtocol(options)
  const clock = createFakeClock()
  const transport = createMemoryTransport({ autoAccept: true })
  return {
    protocol,
    clock,
    async open(credentials?: unknown, answer: object | 'silence' = welcome) {
      const { link, log, close } = await openLink(protocol, transport, { credentials, clock })
      const peer = transport.last
      const say = async (...frames: (ServerFrame | object)[]): Promise<void> => {
        peer.send(...frames.map((frame) => JSON.stringify(frame)))
        await settled()
      }
      if (answer !== 'silence') await say(answer)
      log.length = 0
      let seen = 0
      return {
        link,
        log,
        peer,
        close,
        say,
        /** What the client has sent since the last look. */
        heard(): unknown[] {
          const news = peer.sent.slice(seen).map(toSeen)
          seen = peer.sent.length
          return news
        },
      }
    },
  }
}

const toSeen = (frame: Frame): unknown => (typeof frame === 'string' ? JSON.parse(frame) : frame)

export const request = (key: string, recover = false): SubscribeRequest => ({ key, recover, options: {} })

export const message = (more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  id: '1',
  key: 'room',
  event: 'said',
  payload: '{"text":"ä"}',
  delivery: 'at-most-once',
  resent: false,
  options: {},
  ...more,
})
