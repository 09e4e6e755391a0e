import type { CreateBackend } from '@org/example-backend'

/** Rooms that whoever is let in may use, under the names that each protocol has for them. */
export const createBackend: CreateBackend = () => ({
  app: { id: 'swap', key: 'swap-key', secret: 'swap-secret', enableClientMessages: true },
  channels: {
    'private-room.{id}': { publish: true },
    'private-room.{id}/+': true,
    'private-room.{id}/Said': { publish: true },
  },
})
