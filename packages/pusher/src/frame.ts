/** One frame of protocol 7. `data` is as it came: often JSON in a string, sometimes a value, sometimes nothing. */
export interface PusherFrame {
  readonly event: string
  readonly channel: string | undefined
  readonly data: unknown
  /** Who sent a client event to a presence channel. */
  readonly userId: string | undefined
}

/** Reads a frame of either role; undefined for what is none. Never throws. */
export function parseFrame(text: string): PusherFrame | undefined {
  let value: { readonly [field: string]: unknown } | null
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const { event, channel, data, user_id: userId } = value ?? {}
  if (typeof event !== 'string') return undefined
  return {
    event,
    channel: typeof channel === 'string' ? channel : undefined,
    data,
    userId: userId === undefined || userId === null ? undefined : String(userId),
  }
}

/** The value of `data`: JSON in a string is decoded once, a string that is none is the value. Never throws. */
export function decodeData(data: unknown): unknown {
  if (typeof data !== 'string') return data
  try {
    return JSON.parse(data)
  } catch {
    return data
  }
}

/** The members of `data`, for frames whose data is an object; none where it is not. Never throws. */
export function dataOf({ data }: { readonly data: unknown }): { readonly [field: string]: unknown } {
  const value = decodeData(data)
  return value instanceof Object ? (value as { readonly [field: string]: unknown }) : {}
}
