import type { Cancel, Clock } from '@org/realtime-core/kit'
import { fromWire, toWire } from './send-only-protocol.ts'
import { createSessionTable, type ServerSession, type TestServer } from './test-server.ts'

export interface SendOnlyServerOptions {
  readonly clock?: Clock
  /** Ends a session that sent nothing for so long. Needs `clock`. @default never */
  readonly idleLimitMs?: number
}

/** The far end of `createSendOnlyProtocol`. */
export interface SendOnlyServer extends TestServer {
  /** How many heartbeats arrived. */
  readonly beats: number
}

interface Session extends ServerSession {
  cancelIdle: Cancel
}

export function createSendOnlyServer({ clock, idleLimitMs }: SendOnlyServerOptions = {}): SendOnlyServer {
  let beats = 0

  const table = createSessionTable<Session>({
    open(peer, number) {
      const session: Session = { peer, number, channels: new Set(), cancelIdle: () => {} }
      table.send(session, 'hello', 'hello from the far end')
      heard(session)
      return session
    },
    frame(session, frame) {
      heard(session)
      handle(session, String(frame))
    },
    over: (session) => session.cancelIdle(),
  })
  const { sessions, verbs } = table

  const heard = (session: Session): void => {
    session.cancelIdle()
    if (clock && idleLimitMs !== undefined)
      session.cancelIdle = clock.after(idleLimitMs, () => session.peer.end({ code: 1001, reason: 'idle' }))
  }

  const join = (session: Session, name: string): void => {
    const channel = fromWire(name)
    const refusal = table.refusals.get(channel)
    if (!refusal) return void session.channels.add(channel)
    const { code = 'denied', retryMs } = refusal
    const wait = retryMs === undefined ? '' : ` ${retryMs}`
    table.send(session, 'denied', `denied ${name} ${code}${wait}`)
  }

  const spread = (channel: string, event: string, json: string, except?: Session): void => {
    for (const session of sessions)
      if (session !== except && session.channels.has(channel))
        table.send(session, 'said', `said ${toWire(channel)} ${encodeURIComponent(event)} ${json}`)
  }

  const handle = (session: Session, frame: string): void => {
    const [verb = '', name = '', event = ''] = frame.split(' ', 3)
    if (verb === 'beat') beats++
    else if (verb === 'join') join(session, name)
    else if (verb === 'say') {
      const json = frame.slice(verb.length + name.length + event.length + 3)
      const channel = fromWire(name)
      const said = { channel, event: decodeURIComponent(event), payload: JSON.parse(json) as unknown }
      table.record({ ...said, id: undefined, session: session.number, resent: false })
      spread(channel, said.event, json, session)
    }
  }

  return {
    ...verbs,
    received: table.received,
    publish: (channel, event, payload) => spread(channel, event, JSON.stringify(payload)),
    get beats() {
      return beats
    },
  }
}
