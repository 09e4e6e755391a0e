import type { IncomingMessage } from 'node:http'
import { HttpProblem, type JsonObject, parseJsonObject, readBody } from '../../json-http.ts'

const MOST_BYTES = 65_536
const MOST_CHANNELS = 1000

/** What a page asks to be signed. */
export interface AuthRequest {
  readonly socketId: string
  /** One channel, many, or none when a user signs in. */
  readonly channels: readonly string[]
  readonly isBatch: boolean
}

/** Reads a form, as clients of Pusher send it, or JSON. @throws HttpProblem */
export async function readAuthRequest(request: IncomingMessage): Promise<AuthRequest> {
  const body = await readBody(request, MOST_BYTES)
  const isJson = /\bjson\b/.test(request.headers['content-type'] ?? '')
  const given = isJson ? parseJsonObject(body) : fromForm(new URLSearchParams(body.toString()))
  const { socket_id: socketId, channel_name: name } = given
  if (typeof socketId !== 'string' || !/^\d+\.\d+$/.test(socketId))
    throw new HttpProblem(400, 'bad-body', '`socket_id` must be the id of a socket')
  const channels: readonly unknown[] = name === undefined ? [] : Array.isArray(name) ? name : [name]
  const isGood = channels.every((channel) => typeof channel === 'string' && channel !== '')
  if (!isGood || channels.length > MOST_CHANNELS)
    throw new HttpProblem(400, 'bad-body', '`channel_name` must be the name of a channel, or a list of them')
  return { socketId, channels: channels as readonly string[], isBatch: Array.isArray(name) }
}

/** Many channels are `channel_name[0]`, `channel_name[1]` and so on, or `channel_name[]`. */
function fromForm(form: URLSearchParams): JsonObject {
  const many = [...form].filter(([name]) => /^channel_name\[\d*\]$/.test(name)).map(([, value]) => value)
  return {
    socket_id: form.get('socket_id') ?? undefined,
    channel_name: many.length ? many : (form.get('channel_name') ?? undefined),
  }
}
