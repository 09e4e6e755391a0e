import { readFileSync } from 'node:fs'
import { createSecureContext, type Server } from 'node:tls'
import { invalid } from './errors.ts'
import type { Reloads } from './reloads.ts'

/** As `https.createServer` takes it. */
export interface TlsMaterial {
  readonly cert: string | Buffer
  readonly key: string | Buffer
  readonly ca?: string | Buffer
  readonly passphrase?: string
}

/** Paths of files, which are read anew when they change. */
export interface TlsFiles {
  readonly certFile: string
  readonly keyFile: string
  readonly caFile?: string
  readonly passphrase?: string
}

/** A certificate, its key, and where they are looked for again. */
export type Tls = TlsMaterial | TlsFiles

/**
 * Makes a server of TLS. A certificate that stands in files is kept as they are: whoever connects gets the new one,
 * and who is connected notices nothing.
 * @throws ServerError `option.invalid` for a certificate that Node cannot use
 */
export function createWithTls<S extends Server>(
  option: string,
  tls: Tls,
  reloads: Reloads,
  create: (material: TlsMaterial) => S,
): S {
  const server = create(readTls(option, tls))
  if ('certFile' in tls)
    reloads.add({
      what: 'certificate',
      files: [tls.certFile, tls.keyFile, ...(tls.caFile === undefined ? [] : [tls.caFile])],
      load: () => server.setSecureContext(readTls(option, tls)),
    })
  return server
}

/** @throws ServerError `option.invalid` when it cannot be read, or certificate and key are not of each other */
function readTls(option: string, tls: Tls): TlsMaterial {
  try {
    const material = 'certFile' in tls ? readFiles(tls) : tls
    createSecureContext(material)
    return material
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw invalid(option, `a certificate and its key that Node can read (${why})`, undefined)
  }
}

const readFiles = ({ certFile, keyFile, caFile, passphrase }: TlsFiles): TlsMaterial => ({
  cert: readFileSync(certFile),
  key: readFileSync(keyFile),
  ...(caFile !== undefined && { ca: readFileSync(caFile) }),
  ...(passphrase !== undefined && { passphrase }),
})
