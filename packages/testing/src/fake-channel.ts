import type { Channels, EventName, Params, Pattern, PayloadInput } from '@org/realtime-core'
import { createRegistry } from '@org/realtime-core/kit'
import { settled } from './settled.ts'

/** The server's side of one channel. */
export interface FakeChannel<R extends Channels, P extends Pattern<R>> {
  readonly name: string
  /** Sends an event to everybody in the channel. Rejects when the payload does not fit the registry. */
  emit<E extends EventName<R, P>>(event: E, payload: PayloadInput<R, P, E>): Promise<void>
}

/** Finds the server's side of a channel by its pattern and parameters. */
export type FakeChannels<R extends Channels> = <P extends Pattern<R>>(
  pattern: P,
  ...params: P extends `${string}{${string}` ? [params: Params<P>] : []
) => FakeChannel<R, P>

/** Checks what a server is to send against the registry, then lets it. */
export function createFakeChannels<R extends Channels>(
  channels: R | undefined,
  separator: string,
  publish: (channel: string, event: string, payload: unknown) => void,
): FakeChannels<R> {
  const registry = createRegistry(channels, separator)
  const check = async (name: string, event: string, payload: unknown): Promise<void> => {
    if (channels && !registry.find(name)?.[event])
      throw new Error(`The registry has no event ${event} on ${name}`)
    const result = await registry.schema(name, event)?.['~standard'].validate(payload)
    if (result?.issues)
      throw new Error(
        `Payload of ${event} on ${name} does not fit: ${result.issues.map(({ message }) => message).join('; ')}`,
      )
  }
  return (pattern, ...[params]) => {
    const name = registry.name(pattern, params)
    return {
      name,
      async emit(event, payload) {
        await settled()
        await check(name, event, payload)
        publish(name, event, payload)
        await settled()
      },
    }
  }
}
