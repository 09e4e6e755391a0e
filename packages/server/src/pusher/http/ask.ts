import type { ServerResponse } from 'node:http'
import { isCache, isPresence } from '../channel-name.ts'
import { ApiRefusal, type ApiRequest } from './api-request.ts'
import { takeRate } from './take-rate.ts'

/** `GET /channels`: those that somebody has joined. */
export async function getChannels(request: ApiRequest, reply: ServerResponse): Promise<object> {
  const { app, pusher, query } = request
  takeRate(app, 'reads', 1, reply)
  const prefix = query.get('filter_by_prefix') ?? ''
  const info = toInfo(query)
  if (info.includes('user_count') && !isPresence(prefix))
    throw new ApiRefusal(400, '`user_count` needs a `filter_by_prefix` that starts with `presence-`')
  const start = app.toHub('')
  const found = await pusher.census.under(start + prefix)
  const names = [...found.keys()]
    .map((name) => name.slice(start.length))
    .filter((name) => !name.startsWith('#'))
  const isSoketi = app.settings.traits.name === 'soketi'
  const channels = names.map(async (name) => {
    const asked = isSoketi ? [...info, 'subscription_count'] : info
    const described = await describeChannel(request, name, asked)
    return [name, isSoketi ? { ...described, occupied: true } : described] as const
  })
  return { channels: Object.fromEntries(await Promise.all(channels)) }
}

/** `GET /channels/{channel}`. */
export async function getChannel(request: ApiRequest, reply: ServerResponse): Promise<object> {
  const { app, pusher, query, names } = request
  const [channel = ''] = names
  takeRate(app, 'reads', 1, reply)
  const info = toInfo(query)
  if (info.includes('user_count') && !isPresence(channel))
    throw new ApiRefusal(400, '`user_count` is of presence channels')
  const asked = app.settings.traits.name === 'soketi' ? [...info, 'subscription_count'] : info
  const occupied = (await pusher.census.of(app.toHub(channel))) > 0
  return { occupied, ...(await describeChannel(request, channel, asked)) }
}

/** `GET /channels/{channel}/users`. */
export async function getUsers({ app, pusher, names }: ApiRequest, reply: ServerResponse): Promise<object> {
  const [channel = ''] = names
  takeRate(app, 'reads', 1, reply)
  if (!isPresence(channel)) throw new ApiRefusal(400, 'The channel must be a presence channel.')
  const members = await pusher.adapter.members(app.toHub(channel))
  return { users: members.map(({ id }) => ({ id })) }
}

/** `GET /connections`, which Reverb has. */
export async function getConnections({ app, pusher }: ApiRequest, reply: ServerResponse): Promise<object> {
  takeRate(app, 'reads', 1, reply)
  const counts = (await pusher.adapter.ask('pusher.connections', app.settings.id)) as readonly number[]
  return { connections: counts.reduce((sum, count) => sum + count, 0) }
}

/** What was asked about a channel, as far as there is such a thing. */
export async function describeChannel(
  { app, pusher }: ApiRequest,
  channel: string,
  info: readonly string[],
): Promise<object> {
  const name = app.toHub(channel)
  const hasUsers = info.includes('user_count') && isPresence(channel)
  const cached = info.includes('cache') && isCache(channel) ? await pusher.recall(app, channel) : undefined
  return {
    ...(hasUsers && { user_count: (await pusher.adapter.members(name)).length }),
    ...(info.includes('subscription_count') && { subscription_count: await pusher.census.of(name) }),
    ...(cached && { cache: { data: JSON.parse(`${cached.payload}`) } }),
  }
}

const toInfo = (query: URLSearchParams): readonly string[] =>
  (query.get('info') ?? '').split(',').filter((each) => each !== '')
