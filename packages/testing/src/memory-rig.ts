import type { FarSession, TransportRig } from './conformance/transport-rig.ts'
import type { MemoryPeer } from './memory-peer.ts'
import { createMemoryTransport } from './memory-transport.ts'

/** The memory transport with its far end, as the transport suite wants them: an example of a rig. */
export function createMemoryRig(): TransportRig {
  const transport = createMemoryTransport()
  const accepted: FarSession[] = []
  let answer: 'accept' | 'refuse' | 'hang' = 'accept'
  transport.onDial((peer) => {
    if (answer === 'hang') return
    if (answer === 'refuse') return peer.refuse()
    peer.accept(peer.target.subprotocols.at(-1))
    accepted.push(toFarSession(peer))
  })
  return {
    transport,
    url: 'memory://rig',
    accepted,
    answer(how) {
      answer = how
    },
    async stop() {
      for (const peer of transport.open) peer.drop()
    },
  }
}

function toFarSession(peer: MemoryPeer): FarSession {
  const received: FarSession['received'][number][] = []
  let over: FarSession['over']
  peer.onFrame((frame) => received.push(frame))
  peer.onOver(() => {
    over = typeof peer.closedBy === 'object' ? peer.closedBy : {}
  })
  return {
    received,
    get over() {
      return over
    },
    send: (frame) => peer.send(frame),
    end: (code, reason) => peer.end({ code, reason }),
    drop: () => peer.drop(),
    halfOpen: () => peer.stall(),
  }
}
