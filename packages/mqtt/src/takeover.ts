import { fault } from './fault.ts'
import type { MqttCredentials } from './handshake.ts'
import type { Witness } from './witness.ts'

/** A connection that lasted longer was not lost to a client that dials again and again, however seldom it may. */
const YOUNG_MS = 90_000

/** So many young connections in a row make it worth to look. */
const SUSPICIOUS = 2

/** So many in a row that were there and still are prove it: behind a balancer one may be at a node that was not restarted. */
const ENOUGH = 3

/**
 * A server before MQTT 5, and mosquitto 2.0 at 5 too, gives our id to another client without telling us, and both
 * would evict each other for ever. A bad line, or nodes that are restarted one after the other, look the same. So
 * after two young connections in a row that were lost, while every dial between them went well, each of the next
 * has a witness beside it: a connection of another id. When the server ends ours and goes on answering the witness,
 * three times in a row, it is the id.
 */
export interface Takeover {
  /** Before every dial; rejects with `connection.replaced` when it is proven. */
  check(clientId: string): Promise<void>
  accepted(credentials: MqttCredentials | undefined): void
  /** A connection of that age was lost. */
  ended(ageMs: number): void
  /** Nobody is to be looked for any more. */
  rest(): void
}

export function createTakeover(call: (credentials: MqttCredentials | undefined) => Witness): Takeover {
  let kicks = 0
  let proofs = 0
  /** Since a connection was let in, its own included, or since it was lost. */
  let dials = 0
  let witness: Witness | undefined
  let proof: Promise<boolean> | undefined

  const dismiss = (): void => {
    witness?.leave()
    witness = proof = undefined
  }

  const rest = (): void => {
    kicks = proofs = 0
    dismiss()
  }

  return {
    async check(clientId) {
      dials++
      const isProven = await proof
      if (isProven === undefined) return
      dismiss()
      proofs = isProven ? proofs + 1 : 0
      if (proofs < ENOUGH) return
      rest()
      const reason = 'The server ended it again and again, and kept one of another id'
      throw fault('connection.replaced', { reason }, undefined, clientId)
    },
    accepted(credentials) {
      if (dials > 1) rest()
      dials = 1
      if (kicks >= SUSPICIOUS) witness ??= call(credentials)
    },
    ended(ageMs) {
      // We have replaced it ourselves.
      if (dials > 1) return
      dials = 0
      kicks++
      if (ageMs >= YOUNG_MS) rest()
      proof = witness?.testify()
    },
    rest,
  }
}
