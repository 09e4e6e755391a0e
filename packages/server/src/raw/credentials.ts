import type { User } from '../authenticate.ts'
import { Expiry } from '../expiry.ts'
import { TokenBucket } from '../token-bucket.ts'
import type { RawConnection } from './connection.ts'
import { endings } from './endings.ts'
import { refresh } from './greeting.ts'

/** Each new token asks code of the user. */
const TOKEN_RATE = { perSecond: 1, burst: 10 }

/** The token of one connection after the first: its end, and new ones in band. */
export class Credentials {
  readonly #connection: RawConnection
  readonly #expiry: Expiry
  readonly #bucket: TokenBucket

  constructor(connection: RawConnection) {
    const { clock, options } = connection.raw
    this.#connection = connection
    this.#bucket = new TokenBucket(TOKEN_RATE, clock)
    this.#expiry = new Expiry({
      clock,
      aheadMs: options.times.expiringMs,
      advise: (ms) => connection.send({ t: 'expiring', ms }),
      end: () => connection.end(endings.expired),
    })
  }

  /** Those in force are of this user now. */
  renew({ expiresAt }: User): void {
    this.#expiry.set(expiresAt)
  }

  /** The client presents others; undefined when there are too many. */
  present(token: string): Promise<void> | undefined {
    const retryMs = this.#bucket.take()
    if (!retryMs) return refresh(this.#connection, token)
    const denied = { code: 'rate-limited', message: 'Too many tokens', final: false, retryMs } as const
    this.#connection.send({ t: 'denied', ...denied })
    return undefined
  }

  stop(): void {
    this.#expiry.cancel()
  }
}
