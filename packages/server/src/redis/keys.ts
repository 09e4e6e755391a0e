/** What everything of one server is called in Redis. */
export interface Keys {
  /** The nodes, and when each has last given a sign. */
  readonly nodes: string
  /** A session of a client. */
  session(hash: string): string
  /** The channels in which a node has members. */
  rooms(node: string): string
  at(channel: string): string
  log(channel: string): readonly string[]
  room(channel: string, node: string): readonly string[]
  /** The name at which nodes hear of a channel. */
  name(channel: string): string
  /** The channel of such a name. */
  channelOf(name: string): string | undefined
  /** The name at which all nodes hear, and one of them alone. */
  readonly all: string
  inbox(node: string): string
}

/** Keys of one channel are on one node of a cluster. Names are not kept apart by database, so they say which it is. */
export function createKeys(prefix: string, db: number): Keys {
  const of = (channel: string): string =>
    `${prefix}:{${channel.replace(/[%}]/g, (sign) => (sign === '%' ? '%25' : '%7D'))}}`
  const heard = `${prefix}:${db}`
  const channels = `${heard}:channel:`
  return {
    nodes: `${prefix}:nodes`,
    session: (hash) => `${prefix}:session:${hash}`,
    rooms: (node) => `${prefix}:node:${node}:rooms`,
    at: (channel) => `${of(channel)}:at`,
    log: (channel) => ['at', 'log', 'ids', 'ages', 'last', 'values'].map((part) => `${of(channel)}:${part}`),
    room: (channel, node) =>
      ['who', 'counts', 'room', `holds:${node}`].map((part) => `${of(channel)}:${part}`),
    name: (channel) => channels + channel,
    channelOf: (name) => (name.startsWith(channels) ? name.slice(channels.length) : undefined),
    all: `${heard}:all`,
    inbox: (node) => `${heard}:node:${node}`,
  }
}
