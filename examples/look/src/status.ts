import type { ChannelStatus, ErrorCode, Status, StatusSnapshot } from '@org/realtime-core'

/** The colour of a thing: how good it is. */
export type Tone = 'good' | 'warn' | 'bad' | 'rest'

export const statusTones: Readonly<Record<Status, Tone>> = {
  idle: 'rest',
  connecting: 'warn',
  connected: 'good',
  reconnecting: 'warn',
  paused: 'rest',
  closed: 'rest',
  failed: 'bad',
}

export const channelTones: Readonly<Record<ChannelStatus['state'], Tone>> = {
  left: 'rest',
  joining: 'warn',
  joined: 'good',
  rejected: 'bad',
}

const reasons: { readonly [C in ErrorCode]?: string } = {
  'auth.failed': 'The server does not accept who you are.',
  'connection.refused': 'The server has refused the connection.',
  'connection.replaced': 'The connection is used somewhere else now, perhaps in another window.',
  'connection.gave-up': 'The server cannot be reached.',
}

export interface End {
  readonly text: string
  /** What a button says that connects again. */
  readonly action: string
  readonly tone: Tone
}

/** What to tell a user when nobody tries any more; nothing before that. */
export function toEnd({ status, lastError }: Pick<StatusSnapshot, 'status' | 'lastError'>): End | undefined {
  if (status === 'closed')
    return { text: 'You are disconnected. Nothing new arrives here.', action: 'Connect', tone: 'rest' }
  if (status !== 'failed') return undefined
  const reason = (lastError && reasons[lastError.code]) ?? 'The connection has ended.'
  return { text: `${reason} Nothing new arrives here.`, action: 'Try again', tone: 'bad' }
}
