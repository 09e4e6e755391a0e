import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Tells whether a request carries the token: `Authorization: Bearer ...`. How long it takes tells nothing of it. */
export function createTokenCheck(token: string): (request: Pick<IncomingMessage, 'headers'>) => boolean {
  const wanted = digest(token)
  return ({ headers }) => {
    const [, given = ''] = /^Bearer (.+)$/i.exec(headers.authorization ?? '') ?? []
    return timingSafeEqual(digest(given), wanted)
  }
}

// Of equal length, whatever was given.
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
