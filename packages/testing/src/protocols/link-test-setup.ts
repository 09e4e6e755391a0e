import type { Frame, OutgoingMessage, SubscribeRequest } from '@org/realtime-core/kit'
import type { FarEnd } from '../far-end.ts'
import { createMemoryTransport, type MemoryTransport } from '../memory-transport.ts'
import { type OpenedLink, openLink } from '../open-link.ts'
import { settled } from '../settled.ts'

/** Opens links of one protocol to one server, as often as asked. */
export function setupLinks<F extends FarEnd>({
  protocol,
  server,
}: F): {
  readonly transport: MemoryTransport
  readonly server: F['server']
  open(credentials?: unknown): Promise<OpenedLink>
} {
  const transport = createMemoryTransport()
  server.attach(transport)
  return {
    transport,
    server,
    async open(credentials) {
      const opened = await openLink(protocol, transport, { credentials })
      await settled()
      return opened
    },
  }
}

export const request = (key: string, recover = false): SubscribeRequest => ({ key, recover, options: {} })

export const message = (
  id: string,
  payload: Frame,
  more: Partial<OutgoingMessage> = {},
): OutgoingMessage => ({
  id,
  key: 'room',
  event: 'said',
  payload,
  delivery: 'at-least-once',
  resent: false,
  options: {},
  ...more,
})
