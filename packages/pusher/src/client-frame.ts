import { dataOf, type PusherFrame, parseFrame } from './frame.ts'

/** The frames of a client, as they are on the wire. */
export type ClientFrame =
  | {
      readonly event: 'pusher:subscribe'
      readonly data: { readonly channel: string; readonly auth?: string; readonly channel_data?: string }
    }
  | { readonly event: 'pusher:unsubscribe'; readonly data: { readonly channel: string } }
  | { readonly event: 'pusher:ping' | 'pusher:pong'; readonly data?: object }
  | {
      readonly event: 'pusher:signin'
      readonly data: { readonly auth: string; readonly user_data: string }
    }
  | { readonly event: `client-${string}`; readonly channel: string; readonly data?: unknown }

export function writeClientFrame(frame: ClientFrame): string {
  return JSON.stringify(frame)
}

/** What is wrong with a frame. */
export interface Bad {
  readonly bad: 'bad-frame' | 'unknown-event'
  readonly message: string
}

/** The members of `data` that have to be strings, and those that may be absent. */
const shapes: Readonly<
  Record<string, { readonly must: readonly string[]; readonly may: readonly string[] }>
> = {
  'pusher:subscribe': { must: ['channel'], may: ['auth', 'channel_data'] },
  'pusher:unsubscribe': { must: ['channel'], may: [] },
  'pusher:ping': { must: [], may: [] },
  'pusher:pong': { must: [], may: [] },
  'pusher:signin': { must: ['auth', 'user_data'], may: [] },
}

/** Reads a frame of a client. Members that mean nothing are left out. Never throws. */
export function parseClientFrame(text: string): ClientFrame | Bad {
  const frame = parseFrame(text)
  if (!frame) return { bad: 'bad-frame', message: 'Frame is not an object with a string `event`' }
  const { event } = frame
  if (event.startsWith('client-')) return toClientEvent(frame)
  if (!Object.hasOwn(shapes, event))
    return { bad: 'unknown-event', message: `Unknown event ${event.slice(0, 40)}` }
  const { must = [], may = [] } = shapes[event] ?? {}
  const found = dataOf(frame)
  const data: Record<string, string> = {}
  for (const name of [...must, ...may]) {
    const { [name]: value } = found
    if (typeof value === 'string') data[name] = value
    else if (must.includes(name) || (value !== undefined && value !== null))
      return { bad: 'bad-frame', message: `${event}: \`${name}\` must be a string` }
  }
  return { event, data } as unknown as ClientFrame
}

function toClientEvent({ event, channel, data }: PusherFrame): ClientFrame | Bad {
  if (channel === undefined)
    return { bad: 'bad-frame', message: `${event.slice(0, 40)}: \`channel\` must be a string` }
  return { event: event as `client-${string}`, channel, ...(data !== undefined && { data }) }
}
