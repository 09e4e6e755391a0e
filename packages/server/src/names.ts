const LONGEST_NAME = 200

/** Names of channels and events: neither empty nor long, and without control characters. */
export const isName = (name: unknown): name is string =>
  typeof name === 'string' && name.length > 0 && name.length <= LONGEST_NAME && !/\p{Cc}/u.test(name)

/** Where nodes tell each other of MQTT. */
export const MQTT_CHANNEL = '@mqtt'

/** Where nodes keep the sessions of clients of MQTT. */
export const MQTT_SESSIONS = '@mqtt-sessions'

/** Where nodes tell each other who is put out of what. */
export const REVOKED_CHANNEL = '@revoked'

/** Channels that nodes have for themselves. Those of Pusher's apps start with `@` too, and have a `/`. */
export const isOfNodes = (channel: string): boolean => channel.startsWith('@') && !channel.includes('/')

/** Names that start with `@` are kept for the protocol. */
export const isChannelName = (name: unknown): name is string => isName(name) && !name.startsWith('@')
