import type { CreateBackend } from '@org/example-backend'

const TAGS = 50
const STEP_MS = 10
const CHANNEL = 'scada-realtime'

/** Every tag changes a hundred times a second, as long as somebody looks. */
export const createBackend: CreateBackend = (clock) => ({
  app: { id: 'scada', key: 'scada_dashboard_key_2024', secret: 'scada-secret' },
  start({ server, isWatched }) {
    const name = `@scada/${CHANNEL}`
    const values = Array.from({ length: TAGS }, () => 50)
    let cancel = clock.after(STEP_MS, function step() {
      if (isWatched(name))
        for (const [index, value] of values.entries()) {
          values[index] = value + clock.random() - 0.5 + (50 - value) / 500
          const tag = `${index % 2 ? 'PT' : 'TT'}-${101 + index}`
          server
            .publishPusher(CHANNEL, 'scada.data.received', { tag, value: values[index] }, { app: 'scada' })
            .catch(() => {})
        }
      cancel = clock.after(STEP_MS, step)
    })
    return () => cancel()
  },
})
