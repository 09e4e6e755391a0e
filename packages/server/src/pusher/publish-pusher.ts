import { refused } from '../to-message.ts'
import { ApiRefusal } from './http/api-request.ts'
import { parseEvent } from './http/parse-event.ts'
import { publishEvent } from './http/publish.ts'
import type { Pusher } from './pusher.ts'

export interface PusherPublishOptions {
  /** The id of an app. @default the first one of a list */
  readonly app?: string
  /** The id of a socket that does not get it. */
  readonly except?: string
}

/** @throws ServerError `publish.refused` */
export async function publishPusher(
  pusher: Pusher | undefined,
  channel: string,
  event: string,
  payload: unknown,
  { app: id, except }: PusherPublishOptions = {},
): Promise<void> {
  if (!pusher) throw refused(channel, "Pusher's protocol is not served: option `pusher`")
  const app = id === undefined ? pusher.apps.first : await pusher.apps.byId(id)
  if (app === 'unavailable') throw refused(channel, `the app ${id} cannot be looked up now`)
  if (!app)
    throw refused(channel, id === undefined ? 'no app is named, option `app`' : `there is no app ${id}`)
  try {
    const data = typeof payload === 'string' ? payload : JSON.stringify(payload ?? null)
    publishEvent(pusher, app, parseEvent({ name: event, data, channel, socket_id: except }, app.settings))
  } catch (error) {
    if (error instanceof ApiRefusal) throw refused(channel, error.message)
    throw refused(channel, `the payload is no JSON: ${error instanceof Error ? error.message : error}`)
  }
}
