import { parseBinaryFrame, SUBPROTOCOL } from '@org/realtime-raw-ws/codec'
import type { Context } from '../core.ts'
import { RecentIds } from '../recent-ids.ts'
import type { Endpoint, Frame, FrameKind } from '../wire.ts'
import { RawConnection } from './connection.ts'
import { endings } from './endings.ts'
import { encodeDirect } from './frames.ts'
import type { Raw } from './raw.ts'
import { createSessions } from './sessions.ts'

/** The endpoint of `docs/protocols/raw-ws.md`. */
export function createRawEndpoint(context: Context): Endpoint {
  const { clock, adapter, hub, hooks, options } = context
  const sessions = createSessions({
    clock,
    sessionMs: options.times.sessionMs,
    adapter,
    crash: hooks.crashUnlessAway,
  })
  hooks.on('store', ({ isAway }) => {
    if (!isAway) sessions.holdAll()
  })
  const raw: Raw = { ...context, sessions, directs: new RecentIds(options.dedupe) }

  hub.onDirect((client, message) => {
    const connection = sessions.find(client)?.connections.at(-1)
    connection?.wire.send(encodeDirect(message))
    return connection !== undefined
  })

  return {
    name: 'raw',
    endings,
    subprotocol: (offered) => offered.includes(SUBPROTOCOL) && SUBPROTOCOL,
    kindOf,
    accept: (wire) => new RawConnection(wire, raw),
    stop: sessions.close,
  }
}

/** Frames of either direction. */
function kindOf(frame: Frame): FrameKind {
  const header = typeof frame === 'string' ? frame : parseBinaryFrame(frame)?.header
  try {
    const { t, ch, chs } = JSON.parse(header ?? '')
    const channels = Array.isArray(chs) ? chs.map((each) => each?.ch) : [ch]
    return { type: `${t}`, channels: channels.filter((name) => typeof name === 'string') }
  } catch {
    return { type: '', channels: [] }
  }
}
