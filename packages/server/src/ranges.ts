import { invalid } from './errors.ts'

/** Default, least and most of one number. */
export type Range = readonly [fallback: number, least: number, most: number]

const DAY = 86_400_000
const GB = 1_073_741_824

/** Every number that can be set, in groups named like the options; those of `server` stand at the top. */
export const ranges = {
  server: {
    port: [6001, 0, 65_535],
    proxyHops: [0, 0, 10],
    memoryPercent: [85, 1, 100],
  },
  rakit: {
    bufferBytes: [2048, 64, GB],
    stallMs: [2000, 0, 60_000],
    pingTimeoutMs: [0, 0, DAY],
    clients: [500, 1, 10_000],
    channels: [100, 0, 10_000],
    perSecond: [100, 0.01, 1_000_000],
    burst: [200, 1, 1_000_000],
  },
  pusher: {
    activityTimeoutMs: [30_000, 1000, 3_600_000],
    silenceMs: [120_000, 10, DAY],
    signinMs: [30_000, 10, DAY],
    channelNameLength: [200, 1, 1000],
    eventNameLength: [200, 1, 1000],
    eventChannels: [100, 1, 10_000],
    batchEvents: [10, 1, 10_000],
    members: [100, 1, 100_000],
    memberBytes: [2048, 0, 65_536],
    watchlistUsers: [100, 0, 10_000],
    cacheMs: [3_600_000, 0, 7 * DAY],
    cacheBytes: [67_108_864, 0, GB],
    webhookBatchMs: [50, 0, 60_000],
    appCacheMs: [10_000, 0, DAY],
    appCacheApps: [1000, 1, 1_000_000],
  },
  mqtt: {
    port: [1883, 0, 65_535],
    tlsPort: [8883, 0, 65_535],
    packetBytes: [1_048_576, 16, 268_435_460],
    receiveMaximum: [65_535, 1, 65_535],
    inFlight: [100, 1, 65_535],
    queuedMessages: [10_000, 0, 10_000_000],
    queuedBytes: [16_777_216, 0, GB],
    topicAliases: [64, 0, 65_535],
    maximumQos: [2, 0, 2],
    keepAliveMs: [0, 0, 65_535_000],
    sessions: [100_000, 1, 10_000_000],
    sessionMs: [DAY, 0, 365 * DAY],
    retained: [100_000, 0, 10_000_000],
    retainedBytes: [67_108_864, 0, 64 * GB],
    replayMessages: [50_000, 100, 1_000_000],
    replayBytes: [16_777_216, 1_048_576, GB],
    replayMs: [300_000, 10_000, 3_600_000],
    perSecond: [10_000, 0.01, 1_000_000],
    burst: [20_000, 1, 1_000_000],
  },
  limits: {
    frameBytes: [1_048_576, 4096, 104_857_600],
    bufferBytes: [4_194_304, 1024, GB],
    connections: [10_000, 1, 1_000_000],
    connectionsPerAddress: [1000, 1, 1_000_000],
    channels: [100_000, 1, 10_000_000],
    channelsPerConnection: [1000, 1, 100_000],
    joins: [100, 1, 10_000],
    members: [1000, 1, 100_000],
    memberBytes: [2048, 0, 65_536],
    badFrames: [10, 0, 10_000],
  },
  ingest: {
    rows: [10_000, 1, 1_000_000],
    bodyBytes: [10_485_760, 1024, 104_857_600],
    perSecond: [20_000, 0.01, 10_000_000],
    burst: [40_000, 1, 10_000_000],
    queued: [20_000, 1, 10_000_000],
    keys: [10_000, 1, 1_000_000],
  },
  compression: {
    minBytes: [1024, 0, GB],
    level: [3, 1, 9],
    windowBits: [13, 9, 15],
    concurrency: [10, 1, 1000],
  },
  times: {
    helloMs: [10_000, 1, DAY],
    idleMs: [25_000, 1, DAY],
    answerMs: [5000, 1, DAY],
    sessionMs: [30_000, 0, DAY],
    expiringMs: [30_000, 0, DAY],
    hookMs: [10_000, 1, DAY],
    closeMs: [3000, 0, 60_000],
    keepAliveMs: [5000, 1, DAY],
  },
  redis: {
    port: [6379, 1, 65_535],
    db: [0, 0, 1_000_000],
    timeoutMs: [2000, 100, 60_000],
    leaseMs: [10_000, 1000, 3_600_000],
  },
  history: {
    messages: [1000, 0, 1_000_000],
    bytes: [1_048_576, 0, GB],
    ageMs: [300_000, 1000, 7 * DAY],
    totalBytes: [268_435_456, 0, 64 * GB],
  },
  dedupe: {
    ids: [10_000, 0, 10_000_000],
    ageMs: [300_000, 0, 7 * DAY],
  },
  publishRate: {
    perSecond: [500, 0.01, 1_000_000],
    burst: [1000, 1, 1_000_000],
  },
  subscribeRate: {
    perSecond: [200, 0.01, 1_000_000],
    burst: [2000, 1, 1_000_000],
  },
} as const satisfies Record<string, Record<string, Range>>

export type Group = keyof typeof ranges

export type Numbers<G extends Group> = { readonly [K in keyof (typeof ranges)[G]]: number }

/** Fills in defaults; a number outside its range is refused by name. */
export function numbers<G extends Group>(group: G, given: Partial<Numbers<G>> = {}): Numbers<G> {
  const entries = Object.entries<Range>(ranges[group]).map(([name, [fallback, least, most]]) => {
    const value: unknown = (given as Record<string, unknown>)[name] ?? fallback
    if (typeof value !== 'number' || !(value >= least && value <= most))
      throw invalid(
        group === 'server' ? name : `${group}.${name}`,
        `a number from ${least} to ${most}`,
        value,
      )
    return [name, value]
  })
  return Object.fromEntries(entries) as Numbers<G>
}

/** One of a few words, the first of which is the default. */
export function oneOf<T extends string>(
  option: string,
  value: T | undefined,
  words: readonly [T, ...T[]],
): T {
  if (value === undefined) return words[0]
  if (!words.includes(value)) throw invalid(option, `one of ${words.join(', ')}`, value)
  return value
}
