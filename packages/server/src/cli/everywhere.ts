/** Hosts that stand for every address of a machine, and where each is reached from that machine. */
const EVERYWHERE: ReadonlyMap<string, string> = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
])

export const isEverywhere = (host: string): boolean => EVERYWHERE.has(host)

/** Where a server that listens on a host is reached from its own machine. */
export const toReachable = (host: string): string => EVERYWHERE.get(host) ?? host
