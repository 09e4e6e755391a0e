import type { AppState } from '../app-state.ts'
import type { ApiRequest } from './api-request.ts'

/** `POST /users/{id}/terminate_connections`: of whoever is signed in as that user, or a member with that id. */
export async function terminateConnections({ app, pusher, names }: ApiRequest): Promise<object> {
  const [user = ''] = names
  await pusher.adapter.ask('pusher.terminate', { app: app.settings.id, user })
  return app.settings.traits.name === 'soketi' ? { ok: true } : {}
}

/** Ends those of this node; tells how many there were. */
export function terminateHere(app: AppState, user: string): number {
  const theirs = [...app.connections].filter(
    (connection) => connection.user?.id === user || connection.channels.hasMember(user),
  )
  for (const connection of theirs)
    connection.end({ code: 4009, message: 'You got disconnected by the app.', after: 'close' })
  return theirs.length
}
