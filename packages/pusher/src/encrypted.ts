import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import { RealtimeError } from '@org/realtime-core/kit'
import type { Encryption } from './encryption.ts'
import { decodeData } from './frame.ts'

export type { Decryptor, EncryptedChannel, Encryption } from './encryption.ts'

/** As many events may wait for a new key; what comes then is told as an error. */
const MOST_HELD = 1000

const KEY_BYTES = 32

interface Held {
  readonly event: string
  readonly data: unknown
  /** How often the key had been renewed when it came. */
  readonly renewals: number
}

/**
 * Reads `private-encrypted-` channels (NaCl secretbox): the option `encryption` of `createPusher`. An event that does
 * not open with the key at hand makes the app's server be asked for it again, once however many events wait; their
 * order is kept. What does not open then either is told as `message.malformed`.
 * @example
 * createPusher({ key, cluster, encryption: encryption() })
 */
export function encryption(): Encryption {
  return (channel) => {
    const { name, url } = channel
    const queue: Held[] = []
    let key = toKey(channel.secret, name, url)
    let renewals = 0
    /** Why the key could not be had anew. */
    let cause: unknown
    let isRunning = false

    const renew = async (): Promise<void> => {
      try {
        const secret = await channel.renew()
        key = toKey(secret ?? '', name, url)
        cause = undefined
      } catch (error) {
        cause = error
      }
      renewals++
    }

    const fail = (event: string, why: string, cause?: unknown): void =>
      channel.error(
        new RealtimeError(
          'message.malformed',
          `Event ${event} on ${name} ${why}`,
          { channel: name, event },
          cause,
        ),
      )

    const run = async (): Promise<void> => {
      isRunning = true
      for (let held = queue[0]; held; held = queue[0]) {
        const { event, data } = held
        const box = toBox(data)
        let text = box && open(key, box)
        if (box && text === undefined && held.renewals === renewals) {
          await renew()
          text = open(key, box)
        }
        queue.shift()
        if (text !== undefined) channel.deliver(event, decodeData(text))
        else if (box) fail(event, 'cannot be decrypted', cause)
        else fail(event, 'is not encrypted')
      }
      isRunning = false
    }

    return {
      receive(event, data) {
        if (queue.length >= MOST_HELD) return fail(event, `came while ${MOST_HELD} waited for a key`)
        queue.push({ event, data, renewals })
        if (!isRunning) run()
      },
    }
  }
}

interface Box {
  readonly ciphertext: Uint8Array
  readonly nonce: Uint8Array
}

function toBox(data: unknown): Box | undefined {
  const { ciphertext, nonce } = Object(decodeData(data))
  if (typeof ciphertext !== 'string' || typeof nonce !== 'string') return undefined
  return { ciphertext: toBytes(ciphertext), nonce: toBytes(nonce) }
}

function open(key: Uint8Array, { ciphertext, nonce }: Box): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(xsalsa20poly1305(key, nonce).decrypt(ciphertext))
  } catch {
    // The key, the nonce or the text is not the right one, or has not even its length.
    return undefined
  }
}

function toKey(secret: string, channel: string, url: string | undefined): Uint8Array {
  const key = toBytes(secret)
  if (key.length === KEY_BYTES) return key
  const what = secret ? `a shared_secret of ${key.length} bytes, not ${KEY_BYTES}` : 'no shared_secret'
  const from = url === undefined ? '' : ` at ${url}`
  throw new RealtimeError('auth.failed', `Authorization of ${channel}${from} has ${what}`, {
    channel,
    ...(url !== undefined && { url }),
  })
}

/** Nothing for what is no base64: no key and no text has that length. */
function toBytes(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  } catch {
    return new Uint8Array(0)
  }
}
