import type { Channels, RegisteredChannels } from '@org/realtime-core'
import type { Clock } from '../clock.ts'

/** What `createPublisher` takes. */
export interface PublisherOptions<R extends Channels = RegisteredChannels> {
  readonly appId: string
  readonly key: string
  readonly secret: string
  /** For encrypted channels, which `backend` publishes to and signs for: 32 bytes in base64. */
  readonly encryptionMasterKeyBase64?: string
  /** @default '127.0.0.1' */
  readonly host?: string
  /** @default 6001, or 443 with `tls` */
  readonly port?: number
  /** Whether to use `https:`. @default false */
  readonly tls?: boolean
  /** The registry of the app: names and payloads outside of it are refused. @default any */
  readonly channels?: R
  /** Tries of one request, while it is refused with 429 or 500 and above, or the network fails. @default 5 */
  readonly maxAttempts?: number
  /** The wait after the first try; it doubles, and half of it is left to chance. Milliseconds. @default 250 */
  readonly firstWaitMs?: number
  /** The longest wait, also when the server asks for more. Milliseconds. @default 30000 */
  readonly maxWaitMs?: number
  /** How long one try may take. Milliseconds. @default 10000 */
  readonly timeoutMs?: number
  /** Time, for tests. */
  readonly clock?: Clock
}
