import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export interface Certificate {
  readonly key: string
  readonly cert: string
}

const how =
  'req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout key -out crt'

function makeIn(folder: string): void {
  execFileSync('openssl', how.split(' '), { cwd: folder, stdio: 'ignore' })
}

/** Of `localhost` and 127.0.0.1, its own authority. */
export function makeCertificate(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'))
  makeIn(folder)
  const [key, cert] = ['key', 'crt'].map((name) => readFileSync(join(folder, name), 'utf8')) as [
    string,
    string,
  ]
  rmSync(folder, { recursive: true })
  return { key, cert }
}

/** The same as files, for as long as the test runs. */
export function makeCertificateFiles(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  makeIn(folder)
  return { key: join(folder, 'key'), cert: join(folder, 'crt') }
}
