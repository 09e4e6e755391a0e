import type { Cluster, Redis, RedisOptions } from 'ioredis'
import type { Clock } from '../clock.ts'
import { ServerError } from '../errors.ts'
import { Turns } from '../turns.ts'
import type { Place, RedisSettings } from './redis-options.ts'
import { readRun } from './run-of-redis.ts'
import type { Script } from './script.ts'

export interface SessionEvents {
  message(name: string, body: Buffer): void
  /** It is over, for whatever reason, once. */
  over(reason: string): void
}

/** Text of a script's answer comes as bytes, numbers as numbers. */
export type Reply = Buffer | number | readonly Reply[] | null

/** Two connections to Redis, for calls and for what is heard. Serves once, and never comes back. */
export interface RedisSession {
  /** Which run of Redis counts the channels; empty when each node of a cluster knows its own. */
  readonly run: string
  readonly isOver: boolean
  /** Rejects with ServerError `store.away` when it did not come to an answer: it may have been carried out. */
  call(script: Script, keys: readonly string[], args: readonly (string | Buffer | number)[]): Promise<Reply>
  subscribe(names: readonly string[]): Promise<void>
  unsubscribe(name: string): void
  /** Whether both connections are alive. */
  probe(): Promise<void>
  end(): void
}

/** A client that finds no place to go may try without end. */
const OPEN_TRIES = 3

const GRACE_MS = 100

/** Redis refuses to do anything, not just this. */
const REFUSALS = /^(OOM|READONLY|MISCONF|NOREPLICAS|LOADING|CLUSTERDOWN|MASTERDOWN|NOAUTH|NOPERM|UNBLOCKED)/

/** @throws what ioredis says when it cannot be reached */
export async function openSession(
  settings: RedisSettings,
  scripts: readonly Script[],
  clock: Clock,
  events: SessionEvents,
): Promise<RedisSession> {
  const { at, timeoutMs } = settings
  const { Redis, Cluster } = await import('ioredis')
  const common = toCommon(settings)
  const all: (Redis | Cluster)[] = []
  let reason: string | undefined
  let isOver = false
  /** Of calls that are not answered yet. */
  const pending = new Set<(error: Error) => void>()
  let giveUp: (error: Error) => void
  const failed = new Promise<never>((_, reject) => {
    giveUp = reject
  })
  // Nobody hears it once the session is open.
  failed.catch(() => {})

  const end = (): void => {
    isOver = true
    for (const client of all) client.disconnect()
  }
  const fail = (why: string): void => {
    if (isOver) return
    end()
    giveUp(new Error(why))
    for (const drop of [...pending]) drop(toAway(why))
    events.over(why)
  }
  const open = async <T extends Redis | Cluster>(client: T): Promise<T> => {
    all.push(client)
    client.on('error', (error: Error) => {
      reason = toReason(error)
    })
    client.on('end', () => fail(reason ?? 'the connection is lost'))
    client.on('close', () => fail(reason ?? 'the connection is lost'))
    await Promise.race([client.connect(), failed])
    return client
  }

  const toSingle = ({ host, port }: Place): Redis => new Redis({ ...common, host, port })
  const toMain = (): Redis | Cluster => {
    if (at.kind === 'single') return toSingle(at.place)
    if (at.kind === 'cluster')
      return new Cluster([...at.places], {
        redisOptions: common,
        lazyConnect: true,
        enableOfflineQueue: false,
        clusterRetryStrategy: () => null,
        slotsRefreshTimeout: timeoutMs,
      })
    return new Redis({ ...common, ...toSentinels(settings, at) })
  }
  /** Beside a cluster any of its nodes hears everything. */
  const toEar = (main: Redis | Cluster): Redis => {
    if (!(main instanceof Cluster)) return main.duplicate()
    const { host = '', port = 0 } = main.nodes('master')[0]?.options ?? {}
    return toSingle({ host, port })
  }

  const cancel = clock.after(OPEN_TRIES * timeoutMs, () => fail('it did not answer in time'))
  try {
    const main = await open(toMain())
    const ear = await open(toEar(main))
    ear.on('messageBuffer', (name: Buffer, body: Buffer) => {
      if (!isOver) events.message(name.toString(), body)
    })
    const nodes = main instanceof Cluster ? main.nodes('master') : [main]
    for (const node of nodes) await Promise.all(scripts.map(({ text }) => node.script('LOAD', text)))
    const run = main instanceof Cluster ? '' : await readRun(main, at.kind)

    /** What ends the session, or what it was a mistake to ask. */
    const judge = (error: unknown): Error => {
      const why = toReason(error)
      const isAnswer = error instanceof Error && error.name === 'ReplyError'
      if (isAnswer && !REFUSALS.test(why)) return error
      fail(why)
      return toAway(why)
    }
    /** An answer that came while this process was busy is read before the second timer. */
    const within = (): (() => void) => {
      const late = (): void => fail('it did not answer in time')
      let stop = clock.after(timeoutMs, () => {
        stop = clock.after(GRACE_MS, late)
      })
      return () => stop()
    }
    const settle = <T>(call: Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        const cancelTimer = within()
        const done = (): void => {
          cancelTimer()
          pending.delete(drop)
        }
        const drop = (error: Error): void => {
          done()
          reject(error)
        }
        pending.add(drop)
        call.then(
          (value) => {
            done()
            resolve(value)
          },
          (error: unknown) => drop(judge(error)),
        )
      })

    const call: RedisSession['call'] = ({ text, sha }, keys, args) => {
      if (isOver) return Promise.reject(toAway(reason ?? 'the connection is lost'))
      const rest = [keys.length, ...keys, ...args]
      const called = main.callBuffer('EVALSHA', [sha, ...rest]).catch((error: unknown) => {
        // It was made to forget its scripts.
        if (!toReason(error).startsWith('NOSCRIPT')) throw error
        return main.callBuffer('EVAL', [text, ...rest])
      })
      return settle(called) as Promise<Reply>
    }
    const turns = new Turns<Reply>()

    return {
      run,
      get isOver() {
        return isOver
      },
      end,
      // A cluster that moves keys sends some calls elsewhere and lets others wait, so a later one may be earlier.
      call(script, keys, args) {
        const [key] = keys
        if (key === undefined || !(main instanceof Cluster)) return call(script, keys, args)
        return turns.run(key, () => call(script, keys, args))
      },
      async subscribe(names) {
        if (names.length) await settle(ear.subscribe(...names))
      },
      unsubscribe(name) {
        settle(ear.unsubscribe(name)).catch(() => {})
      },
      async probe() {
        await settle(Promise.all([main.ping(), ear.ping()]))
      },
    }
  } catch (error) {
    end()
    throw toAway(reason ?? toReason(error))
  } finally {
    cancel()
  }
}

/** Each connection is tried once, and what was under way when it ends is not sent again. */
function toCommon({ username, password, db, tls, timeoutMs }: RedisSettings) {
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls }),
    db,
    lazyConnect: true,
    connectTimeout: timeoutMs,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    maxLoadingRetryTime: 0,
    retryStrategy: () => null,
    protocol: 2,
  } satisfies RedisOptions
}

const toSentinels = (
  { tls, timeoutMs }: RedisSettings,
  { places, name }: { readonly places: readonly Place[]; readonly name: string },
) => ({
  sentinels: [...places],
  name,
  sentinelRetryStrategy: () => null,
  sentinelCommandTimeout: timeoutMs,
  // It ends the connections of a master that is none any more.
  failoverDetector: true,
  ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: tls }),
})

const toReason = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export const toAway = (reason: string): ServerError<'store.away'> =>
  new ServerError('store.away', `Redis is away: ${reason}`, { reason })
