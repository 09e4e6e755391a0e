import type { Clock, Transport } from '@org/realtime-core/kit'
import { createBatchOf } from './codec/batch.ts'
import { createFramer } from './codec/framer.ts'
import { fromServer } from './codec/from-server.ts'
import { createPacketReader } from './codec/packet-reader.ts'
import type { Connect, Packet } from './codec/packets.ts'
import { writeToServer } from './codec/to-server.ts'

/** A connection that only shows whether the server can be reached. */
export interface Witness {
  /** Whether it was there, and is: asks the server. Nothing while it is on its way. */
  testify(): Promise<boolean> | undefined
  leave(): void
}

interface WitnessNeeds {
  readonly transport: Transport
  readonly url: string
  readonly clock: Clock
  readonly connect: Connect
}

const ANSWER_MS = 2000
const MOST_BYTES = 65_536

export function callWitness({ transport, url, clock, connect }: WitnessNeeds): Witness {
  let state: 'dialing' | 'up' | 'over' = 'dialing'
  let answer = (_isThere: boolean): void => {}

  const over = (): void => {
    state = 'over'
    answer(false)
  }

  /** What goes wrong here tells nothing, and concerns nobody. */
  const attempt = <T>(run: () => T): T | undefined => {
    try {
      return run()
    } catch {
      over()
      return undefined
    }
  }

  const batch = createBatchOf(writeToServer, (bytes) => session?.send(bytes))
  const send = (packet: Packet): unknown =>
    attempt(() => {
      batch.add(packet, connect.level)
      batch.flush()
    })

  const decoder = createFramer(
    MOST_BYTES,
    createPacketReader(fromServer, connect.level, (packet) => {
      if (packet.type === 'pingresp') answer(true)
      else if (packet.type === 'connack' && packet.code === 0) state = 'up'
      else over()
    }),
  )

  const session = attempt(() =>
    transport(
      { url, subprotocols: ['mqtt'] },
      {
        open: () => send(connect),
        frame: (frame) => attempt(() => decoder.push(frame as Uint8Array)),
        end: over,
      },
    ),
  )

  return {
    testify() {
      if (state === 'dialing') return undefined
      return new Promise((resolve) => {
        const cancel = clock.after(ANSWER_MS, over)
        answer = (isThere) => {
          cancel()
          resolve(isThere)
        }
        if (state === 'over') over()
        else send({ type: 'pingreq' })
      })
    },
    leave() {
      decoder.stop()
      if (state === 'up') send({ type: 'disconnect', code: 0 })
      over()
      session?.close(1000)
    },
  }
}
