import type { Clock } from '@org/realtime-core/kit'
import type { ChannelAuth, ChannelAuthAnswer } from './auth-options.ts'
import { judge, pick, type Refusal } from './auth-reply.ts'
import { createAsk } from './auth-request.ts'

/** What one channel is told. */
export type ChannelOutcome =
  | { readonly answer: ChannelAuthAnswer; readonly url?: string | undefined }
  | Refusal

export interface ChannelAuthorizer {
  /** Whether many channels may be asked for at once. */
  readonly isBatch: boolean
  /** Tells every channel once; an abort is told as a failure that may pass. */
  authorize(
    channels: readonly string[],
    socketId: string,
    controller: AbortController,
    clock: Clock,
    tell: (channel: string, outcome: ChannelOutcome) => void,
  ): Promise<void>
}

export function createChannelAuthorizer(options: ChannelAuth): ChannelAuthorizer {
  const { authorize, authorizeAll, batch, endpoint = '/broadcasting/auth' } = options
  const isBatch = authorizeAll !== undefined || (batch === true && !authorize)
  const own = isBatch ? authorizeAll : authorize
  const ask = createAsk<{ readonly channels: readonly string[]; readonly channel: string }>(
    options,
    endpoint,
    own,
    ({ channels, channel }) =>
      isBatch ? channels.map((name, index) => [`channel_name[${index}]`, name]) : [['channel_name', channel]],
  )

  return {
    isBatch,
    async authorize(channels, socketId, controller, clock, tell) {
      const reply = await ask({ channels, channel: channels[0] as string }, socketId, controller, clock)
      for (const channel of channels)
        tell(channel, judge(isBatch ? pick(reply, channel, socketId) : reply, channel) as ChannelOutcome)
    },
  }
}
