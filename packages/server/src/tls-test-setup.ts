import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const SUBJECT = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** A certificate for this machine, as PEM. */
export function makeCertificate(): { readonly cert: string; readonly key: string } {
  const { openssl, read } = createWorkshop()
  openssl('req', '-x509', ...NEW_KEY, '-days', '2', '-keyout', 'key.pem', '-out', 'cert.pem', ...SUBJECT)
  return { cert: read('cert.pem'), key: read('key.pem') }
}

/** One that an authority of its own has signed, with the certificate of that authority. */
export function makeSignedCertificate(): {
  readonly ca: string
  readonly cert: string
  readonly key: string
} {
  const { openssl, read } = createWorkshop()
  const authority = ['-subj', '/CN=Authority', '-keyout', 'ca.key', '-out', 'ca.pem']
  openssl('req', '-x509', ...NEW_KEY, '-days', '2', ...authority)
  openssl('req', ...NEW_KEY, '-keyout', 'key.pem', '-out', 'request.pem', ...SUBJECT)
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-copy_extensions', 'copy']
  openssl('x509', '-req', '-days', '2', ...signing, '-in', 'request.pem', '-out', 'cert.pem')
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') }
}

/** A folder that is gone after the test, and openssl in it. */
function createWorkshop() {
  const folder = mkdtempSync(join(tmpdir(), 'realtime-tls-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return {
    openssl: (...args: readonly string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' }),
    read: (name: string) => readFileSync(join(folder, name), 'utf8'),
  }
}
