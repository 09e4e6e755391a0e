import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { CreateBackend } from '@org/example-backend'

const APP = 'scada'
const CHANNEL = 'scada-realtime'
const LOOK_MS = 200

/** Passes on what the feed posts, and runs the feed as long as somebody looks. */
export const createBackend: CreateBackend = (clock) => {
  const token = randomBytes(24).toString('base64url')
  const source = { to: 'pusher', app: APP, channel: CHANNEL, event: 'scada.data.received' } as const
  return {
    app: { id: APP, key: 'scada_dashboard_key_2024', secret: 'scada-secret' },
    ingest: { token, sources: { scada: source } },
    start({ isWatched, address: { host } }) {
      const file = fileURLToPath(new URL('feed.mjs', import.meta.url))
      const env = { ...process.env, INGEST_URL: `http://${host}/ingest/scada`, INGEST_TOKEN: token }
      let feed: ChildProcess | undefined
      const stopFeed = (): void => {
        feed?.kill()
        feed = undefined
      }
      let cancel = clock.after(0, function look() {
        if (isWatched(`@${APP}/${CHANNEL}`))
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
