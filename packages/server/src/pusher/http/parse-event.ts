import type { JsonObject } from '../../json-http.ts'
import { isGoodName, isUserChannel } from '../channel-name.ts'
import type { ResolvedApp } from '../resolve-app.ts'
import { sizeOf } from '../size-of.ts'
import { ApiRefusal } from './api-request.ts'

/** An event as a backend publishes it. */
export interface ApiEvent {
  readonly name: string
  readonly data: string
  readonly channels: readonly string[]
  /** Who does not get it. */
  readonly socketId: string | undefined
  /** What is asked about its channels. */
  readonly info: readonly string[]
}

/** @throws ApiRefusal with 400, 413, or 422 as Reverb */
export function parseEvent(given: JsonObject, app: ResolvedApp): ApiEvent {
  const { name, data, channels, channel, socket_id: socketId, info = '' } = given
  const { limits, traits } = app
  const bad = (message: string): ApiRefusal => new ApiRefusal(traits.name === 'reverb' ? 422 : 400, message)
  if (typeof name !== 'string' || name === '') throw bad('`name` must be the name of an event')
  if (name.length > limits.eventNameLength)
    throw bad(`Event name is too long. Maximum allowed size is ${limits.eventNameLength}.`)
  if (/^pusher(_internal)?:/.test(name)) throw bad('Names of events that start with `pusher:` are reserved')
  if (typeof data !== 'string') throw bad('`data` must be a string')
  if (Buffer.byteLength(data) > limits.eventBytes)
    throw new ApiRefusal(413, `The event data should be less than ${sizeOf(limits.eventBytes)}.`)
  const names = channels === undefined ? [channel] : channels
  if (!Array.isArray(names) || names.length === 0 || !names.every((each) => typeof each === 'string'))
    throw bad('`channels` must be a list of names, or `channel` a name')
  if (names.length > limits.eventChannels)
    throw bad(`Cannot broadcast to more than ${limits.eventChannels} channels at once`)
  const wrong = names.find((each) => !isChannel(each, app))
  if (wrong !== undefined) throw bad(`Invalid channel name: ${wrong.slice(0, limits.channelNameLength)}`)
  if (socketId !== undefined && socketId !== null && !/^\d+\.\d+$/.test(`${socketId}`))
    throw bad('`socket_id` must be the id of a socket')
  return {
    name,
    data,
    channels: names as readonly string[],
    socketId: typeof socketId === 'string' ? socketId : undefined,
    info: `${info}`.split(',').filter((each) => each !== ''),
  }
}

function isChannel(name: string, { limits, traits }: ResolvedApp): boolean {
  if (!traits.checksNames) return name !== ''
  if (name.length > limits.channelNameLength) return false
  return isGoodName(isUserChannel(name) ? name.slice(1) : name)
}
