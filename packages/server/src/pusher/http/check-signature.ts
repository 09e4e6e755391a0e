import type { ResolvedApp } from '../resolve-app.ts'
import { isSame, md5, sign } from '../signature.ts'
import { ApiRefusal } from './api-request.ts'

interface SignedRequest {
  readonly method: string
  /** As it stands in the request. */
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Buffer
}

const TOLERANCE_S = 600

/** @throws ApiRefusal with 401. It never says what the signature should have been. */
export function checkSignature(
  { method, path, query, body }: SignedRequest,
  app: ResolvedApp,
  nowMs: number,
): void {
  const member = (name: string): string => query.get(name) ?? ''
  if (member('auth_key') !== app.key) throw refused('auth_key is not the key of this app')
  if (member('auth_version') !== '1.0') throw refused('auth_version must be 1.0')
  const timestamp = Number(member('auth_timestamp') || Number.NaN)
  if (!(Math.abs(nowMs / 1000 - timestamp) <= TOLERANCE_S))
    throw refused(`auth_timestamp is not within ${TOLERANCE_S} s of the time of the server`)
  if ((body.length > 0 || query.has('body_md5')) && !isSame(member('body_md5'), md5(body)))
    throw refused('body_md5 is not that of the body')
  const text = [method, path, toSortedText(query)].join('\n')
  if (!isSame(member('auth_signature'), sign(app.secret, text))) throw refused('auth_signature is wrong')
}

/** [pusher: sorted by key, lower case, not encoded] */
const toSortedText = (query: URLSearchParams): string =>
  [...query]
    .filter(([name]) => name !== 'auth_signature')
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : Number(a > b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')

const refused = (message: string): ApiRefusal => new ApiRefusal(401, `Invalid signature: ${message}`)
