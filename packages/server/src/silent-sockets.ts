import type { Socket } from 'node:net'
import { toAddressKey } from './address-key.ts'
import type { ConnectionLimits } from './connections.ts'

/** Sockets that have not asked for anything yet: as many again as there may be connections, and no more. */
export interface SilentSockets {
  /** False when there is no room for it. */
  take(socket: Socket): boolean
  /** It has asked for something. */
  spoke(socket: Socket): void
}

interface SilentNeeds {
  readonly limits: ConnectionLimits
  /** Behind a proxy all of them have its address. */
  readonly countsAddresses: boolean
}

export function createSilentSockets({ limits, countsAddresses }: SilentNeeds): SilentSockets {
  /** By both ends, because a socket of TLS is another one than that of its TCP. */
  const addresses = new Map<string, string>()
  const counts = new Map<string, number>()

  const count = (address: string, change: 1 | -1): void => {
    const sum = (counts.get(address) ?? 0) + change
    if (sum) counts.set(address, sum)
    else counts.delete(address)
  }

  const forget = (name: string): void => {
    const address = addresses.get(name)
    if (address === undefined) return
    addresses.delete(name)
    count(address, -1)
  }

  return {
    take(socket) {
      const name = nameOf(socket)
      const address = toAddressKey(socket.remoteAddress ?? '')
      const isFull = countsAddresses && (counts.get(address) ?? 0) >= limits.connectionsPerAddress
      if (isFull || addresses.size >= limits.connections) return false
      addresses.set(name, address)
      count(address, 1)
      socket.once('close', () => forget(name))
      return true
    },
    spoke: (socket) => forget(nameOf(socket)),
  }
}

const nameOf = ({ remoteAddress, remotePort, localPort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localPort}`
