import type { ranges } from '../ranges.ts'

type Name<G extends keyof typeof ranges> = G extends 'server'
  ? keyof (typeof ranges)[G] & string
  : `${G}.${keyof (typeof ranges)[G] & string}`

/** What each number does. The numbers themselves are in `ranges`. */
export const numberHelp: Readonly<
  Record<{ [G in keyof typeof ranges]: Name<G> }[keyof typeof ranges], string>
> = {
  port: 'Where to listen; 0 takes any that is free',
  proxyHops: 'How many proxies stand in front, for the address of clients in `x-forwarded-for`',
  memoryPercent: 'How much of the memory may be used before `/accept-traffic` answers 500',
  'rakit.bufferBytes': 'Frames that arrive together and are longer wait for more: `max_buffer_size` of Rakit',
  'rakit.stallMs': 'How long they wait at most; not with `exact`, where everybody waits',
  'rakit.pingTimeoutMs':
    'How long a client may get nothing before it is cut in a silence: `ping_timeout` of Rakit',
  'rakit.clients': 'How many clients may be in the room',
  'rakit.channels': 'How many channels one of them may subscribe to',
  'rakit.perSecond':
    'How many texts of one of them are taken in a second, all of which may go to everybody; not with `exact`',
  'rakit.burst': 'How many of them at once',
  'pusher.activityTimeoutMs': 'After how long a silence clients are told to ask',
  'pusher.silenceMs':
    'Ends connections that are silent for so long: with the dialect `soketi` when nothing was sent to them, else when nothing came, after a ping at half of it',
  'pusher.signinMs': 'How long clients have to sign in where they must: dialect `soketi`',
  'pusher.channelNameLength': 'Characters of the name of a channel',
  'pusher.eventNameLength': 'Characters of the name of an event',
  'pusher.eventChannels': 'Channels that one event may be sent to',
  'pusher.batchEvents': 'Events in one batch',
  'pusher.members': 'Members of one presence channel',
  'pusher.memberBytes': 'Info of one member',
  'pusher.watchlistUsers': 'Users in one watchlist',
  'pusher.cacheMs': 'How long cache channels keep their last event',
  'pusher.webhookBatchMs': 'How long webhooks wait for more to send together',
  'limits.frameBytes': 'The longest frame',
  'limits.bufferBytes': 'How much may wait for a client that reads too slowly',
  'limits.connections': 'How many connections',
  'limits.connectionsPerAddress': 'How many connections from one address',
  'limits.channels': 'How many channels are kept in memory',
  'limits.channelsPerConnection': 'How many channels one connection may join',
  'limits.joins': 'How many channels one request may join',
  'limits.members': 'How many members a presence channel may have',
  'limits.memberBytes': 'How large what a member tells of itself may be',
  'limits.badFrames': 'How many bad frames of a client are answered before it is put out',
  'times.helloMs': 'How long a client may take to say hello',
  'times.idleMs': 'How long a connection may be silent before its client has to ping',
  'times.answerMs': 'How long an answer to a ping may take',
  'times.sessionMs': 'How long a session outlives its connection',
  'times.expiringMs': 'How long before its end a client is asked for a new token',
  'times.hookMs': 'How long a function of yours may take to answer',
  'times.closeMs': 'How long connections may take to close at the end',
  'history.messages': 'How many messages a channel keeps',
  'history.bytes': 'How many bytes of messages a channel keeps',
  'history.ageMs': 'How long a message is kept',
  'history.totalBytes': 'How many bytes of messages all channels keep together',
  'dedupe.ids': 'How many ids of messages a channel remembers, to take each once',
  'dedupe.ageMs': 'How long such an id is remembered',
  'publishRate.perSecond': 'How many publishes of one connection are taken in a second',
  'publishRate.burst': 'How many of them at once',
  'subscribeRate.perSecond': 'How many joins of one connection are taken in a second',
  'subscribeRate.burst': 'How many of them at once',
}
