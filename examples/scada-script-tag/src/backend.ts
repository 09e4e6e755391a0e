import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { CreateBackend } from '@org/example-backend'

const APP = 'scada'
const LOOK_MS = 200
const REALTIME = 'scada-realtime'
const EVERY_MS = 1000
const received = { to: 'pusher', app: APP, event: 'scada.data.received' } as const

const sources = {
  tags: {
    ...received,
    channel: REALTIME,
    aggregate: {
      everyMs: EVERY_MS,
      key: 'tag',
      values: ['value'],
      channel: 'scada-aggregated',
      event: 'scada.aggregated.updated',
    },
  },
  weather: {
    ...received,
    channel: 'scada-data',
    aggregate: {
      everyMs: EVERY_MS,
      key: 'station',
      values: ['temperature', 'wind_speed'],
      channel: 'scada-batch',
      event: 'scada.batch.processed',
    },
  },
} as const

/** Passes on what the feed posts, and runs the feed as long as somebody looks. */
export const createBackend: CreateBackend = (clock) => {
  const token = randomBytes(24).toString('base64url')
  return {
    app: { id: APP, key: 'scada_dashboard_key_2024', secret: 'scada-secret' },
    ingest: { token, sources },
    start({ isWatched, address: { host } }) {
      const file = fileURLToPath(new URL('feed.mjs', import.meta.url))
      const env = { ...process.env, INGEST_URL: `http://${host}/ingest`, INGEST_TOKEN: token }
      let feed: ChildProcess | undefined
      const stopFeed = (): void => {
        feed?.kill()
        feed = undefined
      }
      let cancel = clock.after(0, function look() {
        if (isWatched(`@${APP}/${REALTIME}`))
          feed ??= spawn(process.execPath, [file], { env, stdio: 'ignore' })
        else stopFeed()
        cancel = clock.after(LOOK_MS, look)
      })
      return () => {
        cancel()
        stopFeed()
      }
    },
  }
}
