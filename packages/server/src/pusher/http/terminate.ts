import type { ApiRequest } from './api-request.ts'

/** `POST /users/{id}/terminate_connections`: of whoever is signed in as that user, or a member with that id. */
export async function terminateConnections({ app, names }: ApiRequest): Promise<object> {
  const [user = ''] = names
  const theirs = [...app.connections].filter(
    (connection) => connection.user?.id === user || connection.channels.hasMember(user),
  )
  for (const connection of theirs)
    connection.end({ code: 4009, message: 'You got disconnected by the app.', after: 'close' })
  return app.settings.traits.name === 'soketi' ? { ok: true } : {}
}
