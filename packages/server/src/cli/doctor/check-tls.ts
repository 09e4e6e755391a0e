import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Settings } from '../../config/settings.ts'
import { toServerOptions } from '../../config/to-server-options.ts'
import { ServerError } from '../../errors.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const SOON_MS = 14 * 86_400_000

/** Whether certificate and key can be read, belong together and are not over. */
export function checkTls(settings: Settings, now: number): readonly Finding[] {
  if (settings.get('tls.cert') === undefined || settings.get('tls.key') === undefined) return []
  try {
    toServerOptions(settings)
    const read = (name: string): Buffer => readFileSync(settings.get<string>(name) ?? '')
    const certificate = new X509Certificate(read('tls.cert'))
    const passphrase = settings.get<string>('tls.passphrase')
    const key = createPrivateKey({ key: read('tls.key'), ...(passphrase !== undefined && { passphrase }) })
    if (!certificate.checkPrivateKey(key))
      return [fail('tls.key is not the key of tls.cert', 'Give the key that the certificate was made for')]
    return [checkEnd(certificate, now)]
  } catch (error) {
    const reason = ServerError.is(error, 'config.invalid')
      ? error.details.problems.map(({ option, message }) => `${option} ${message}`).join('; ')
      : `tls: ${error instanceof Error ? error.message : error}`
    return [fail(reason, 'Both must be PEM; a locked key needs tls.passphrase')]
  }
}

function checkEnd({ validTo }: X509Certificate, now: number): Finding {
  const leftMs = Date.parse(validTo) - now
  if (leftMs <= 0)
    return fail(`the certificate is over since ${validTo}`, 'Renew it, and start the server anew')
  if (leftMs < SOON_MS) return warn(`the certificate ends on ${validTo}`, 'Renew it')
  return ok(`the certificate is good until ${validTo}`)
}
