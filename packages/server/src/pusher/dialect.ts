/** A server of Pusher's protocol that can be taken for another. */
export type Dialect = 'pusher' | 'soketi' | 'reverb'

export const DIALECTS = ['pusher', 'soketi', 'reverb'] as const satisfies readonly Dialect[]

/** What is said of something that ends a connection, or would at another server. */
export interface Word {
  readonly code: number
  readonly message: string
  /** What happens then; `drop`: TCP ends without a close frame. */
  readonly after: 'close' | 'drop' | 'stay'
}

/** Where the servers differ; what they have in common is in the code. */
export interface Traits {
  readonly name: Dialect
  /** How `data` of errors is written. */
  readonly errors: 'string' | 'object'
  /** Members of a frame of the app, in their order. */
  readonly order: 'channel-data' | 'data-channel'
  readonly unknownApp: Word
  readonly disabledApp: Word
  readonly full: Word
  readonly origin: Word
  readonly gone: Word
  readonly silent: Word
  /** How a join is refused: on the channel, or without a name. */
  readonly refusals: 'channel' | 'anonymous'
  readonly checksNames: boolean
  /** What a frame that makes no sense is answered with. */
  readonly badFrame: { readonly code: number | null; readonly message: string } | 'ignored'
  /** When a client has to be heard: `sent` ends it when nothing was sent to it, `asked` after a ping. */
  readonly silence: 'sent' | 'asked'
  /** Signing in: `forced` once an app has it, `none` where nobody can. */
  readonly signin: 'free' | 'forced' | 'none'
  readonly hasCounts: boolean
  readonly hasWatchlist: boolean
  /** Where client events are relayed: in private and presence channels, or in all that one has joined. */
  readonly clientEvents: 'private' | 'joined'
  readonly clientEventData: 'any' | 'object'
  readonly rateCounts: 'client-events' | 'frames'
  readonly eventBytes: number
  readonly bodyBytes: number
  readonly clientEventsPerSecond: number
  /** What a frame over `eventBytes` does: an error, or the end. */
  readonly tooLarge: 'error' | 'close'
}

const word = (code: number, message: string, after: Word['after'] = 'close'): Word => ({
  code,
  message,
  after,
})

const pusher: Traits = {
  name: 'pusher',
  errors: 'string',
  order: 'channel-data',
  unknownApp: word(4001, 'Could not find app by key'),
  disabledApp: word(4003, 'Application is disabled'),
  full: word(4004, 'Application is over its connection quota'),
  origin: word(4009, 'Origin not allowed'),
  gone: word(4200, 'Generic reconnect immediately'),
  silent: word(4201, 'Pong reply not received in time'),
  refusals: 'channel',
  checksNames: true,
  badFrame: { code: null, message: 'Frame was not understood' },
  silence: 'asked',
  signin: 'free',
  hasCounts: true,
  hasWatchlist: true,
  clientEvents: 'private',
  clientEventData: 'any',
  rateCounts: 'client-events',
  eventBytes: 10_000,
  bodyBytes: 1_048_576,
  clientEventsPerSecond: 10,
  tooLarge: 'error',
}

const soketi: Traits = {
  ...pusher,
  name: 'soketi',
  errors: 'object',
  unknownApp: word(4001, 'App key does not exist'),
  disabledApp: word(4003, 'The app is not enabled.'),
  full: word(4100, 'The current concurrent connections quota has been reached.'),
  gone: word(4200, 'Server is closed. Please reconnect shortly.'),
  silent: word(4201, 'Pong reply not received in time'),
  badFrame: 'ignored',
  silence: 'sent',
  signin: 'forced',
  hasCounts: false,
  hasWatchlist: false,
  clientEvents: 'joined',
  eventBytes: 102_400,
  clientEventsPerSecond: 100,
}

const reverb: Traits = {
  ...pusher,
  name: 'reverb',
  order: 'data-channel',
  unknownApp: word(4001, 'Application does not exist', 'drop'),
  disabledApp: word(4003, 'Application is disabled', 'drop'),
  full: word(4004, 'Application is over connection quota', 'stay'),
  origin: word(4009, 'Origin not allowed', 'stay'),
  gone: word(4200, 'Server is going away', 'drop'),
  silent: word(4201, 'Pong reply not received in time', 'drop'),
  refusals: 'anonymous',
  checksNames: false,
  badFrame: { code: 4200, message: 'Invalid message format' },
  signin: 'none',
  hasCounts: false,
  hasWatchlist: false,
  clientEvents: 'joined',
  clientEventData: 'object',
  rateCounts: 'frames',
  bodyBytes: 10_000,
  clientEventsPerSecond: 100,
  tooLarge: 'close',
}

export const dialects: Readonly<Record<Dialect, Traits>> = { pusher, soketi, reverb }
