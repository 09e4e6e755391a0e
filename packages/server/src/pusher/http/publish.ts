import type { ServerResponse } from 'node:http'
import { type JsonObject, parseJsonObject } from '../../json-http.ts'
import type { AppState } from '../app-state.ts'
import type { Pusher } from '../pusher.ts'
import { ApiRefusal, type ApiRequest } from './api-request.ts'
import { describeChannel } from './ask.ts'
import { type ApiEvent, parseEvent } from './parse-event.ts'
import { takeRate } from './take-rate.ts'

/** `POST /events`: one event to many channels. */
export async function postEvent(request: ApiRequest, reply: ServerResponse): Promise<object> {
  const { app } = request
  const event = parseEvent(parseJsonObject(request.body), app.settings)
  takeRate(app, 'events', event.channels.length, reply)
  publishEvent(request.pusher, app, event)
  if (app.settings.traits.name === 'soketi') return { ok: true }
  if (event.info.length === 0) return {}
  const described = event.channels.map(
    async (channel) => [channel, await describeChannel(request, channel, event.info)] as const,
  )
  return { channels: Object.fromEntries(await Promise.all(described)) }
}

/** `POST /batch_events`: many events, all of them or none. */
export async function postBatch(request: ApiRequest, reply: ServerResponse): Promise<object> {
  const { app } = request
  const { batch } = parseJsonObject(request.body)
  const { limits, traits } = app.settings
  const bad = (message: string): ApiRefusal => new ApiRefusal(traits.name === 'reverb' ? 422 : 400, message)
  if (!Array.isArray(batch) || !batch.every((each) => each instanceof Object))
    throw bad('`batch` must be a list of events')
  if (batch.length > limits.batchEvents)
    throw bad(`Cannot batch-send more than ${limits.batchEvents} messages at once`)
  const events = (batch as readonly JsonObject[]).map((each) => parseEvent(each, app.settings))
  const count = events.reduce((sum, { channels }) => sum + channels.length, 0)
  takeRate(app, 'events', count, reply)
  for (const event of events) publishEvent(request.pusher, app, event)
  if (traits.name === 'soketi') return { ok: true }
  if (events.every(({ info }) => info.length === 0)) return {}
  const described = events.map(({ channels: [channel = ''], info }) =>
    describeChannel(request, channel, info),
  )
  return { batch: await Promise.all(described) }
}

/** To everybody in its channels. */
export function publishEvent(
  pusher: Pusher,
  app: AppState,
  { name, data, channels, socketId: from }: ApiEvent,
): void {
  const message = {
    event: name,
    payload: JSON.stringify(data),
    isKept: false,
    ...(from !== undefined && { from }),
  }
  for (const channel of channels) pusher.publish(app, channel, message)
}
