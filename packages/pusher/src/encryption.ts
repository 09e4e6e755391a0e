import type { RealtimeError } from '@org/realtime-core/kit'

/**
 * Reads `private-encrypted-` channels: what `encryption()` of `@org/realtime-pusher/encrypted` makes. What it throws
 * refuses the channel.
 */
export type Encryption = (channel: EncryptedChannel) => Decryptor

/** One encrypted channel of one connection. */
export interface EncryptedChannel {
  readonly name: string
  /** The key that came with the authorization, in base64; empty when none did. */
  readonly secret: string
  /** The address that gave it, without what may be secret in it. */
  readonly url: string | undefined
  /** Asks the server for the key again; undefined when there is none. Rejects with the refusal. */
  renew(): Promise<string | undefined>
  deliver(event: string, value: unknown): void
  error(error: RealtimeError): void
}

export interface Decryptor {
  /** Delivers what it reads, in the order of the calls. */
  receive(event: string, data: unknown): void
}
