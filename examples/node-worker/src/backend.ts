import type { CreateBackend } from '@org/example-backend'

const EVERY_MS = 1000

/** Makes up jobs as long as a worker takes them, and lets pages hear of what is done. */
export const createBackend: CreateBackend = (clock) => ({
  app: { id: 'worker', key: 'worker-key', secret: 'worker-secret' },
  channels: { 'jobs/resize': true },
  start({ server }) {
    let id = 0
    let cancel = clock.after(EVERY_MS, function next() {
      const isTaken = server.connections().some(({ client }) => client === 'resize-worker')
      if (isTaken) {
        const job = JSON.stringify({ id: ++id, image: `photo-${id}.jpg` })
        server.publishMqtt('jobs/resize', job, { qos: 1 }).catch(() => {})
      }
      cancel = clock.after(EVERY_MS, next)
    })
    return () => cancel()
  },
})
