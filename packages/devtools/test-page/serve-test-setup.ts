import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createServer } from '@org/realtime-server'
import { build } from 'esbuild'

const TOKEN = 'control-token-of-tests'
/** No style and no script but from files: what an inspector adds has to do without them. */
const POLICY =
  "default-src 'none'; script-src 'self'; connect-src *; require-trusted-types-for 'script'; base-uri 'none'"

const pages: Readonly<Record<string, readonly [type: string, body: string]>> = {
  '/': ['text/html', '<!doctype html><html lang="en"><title>page</title><script src="kit.js"></script>'],
  '/favicon.ico': ['image/png', ''],
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./kit-test-setup.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'kit',
    target: 'es2022',
    conditions: ['@org/source', 'browser'],
  })
  return outputFiles[0]?.text ?? ''
}

/** The reference server, and a page under a strict policy that has the inspector. */
export async function startPage() {
  const script = await bundle()
  const http = createHttpServer(({ url = '' }, reply) => {
    const [type, body] = url === '/kit.js' ? ['text/javascript', script] : (pages[url] ?? ['text/plain', ''])
    reply.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': POLICY }).end(body)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const server = createServer({
    mode: 'development',
    port: 0,
    origins: [origin],
    control: { token: TOKEN, origins: [origin] },
  })
  const { port } = await server.listen()
  return {
    origin,
    server,
    url: `ws://127.0.0.1:${port}/raw`,
    control: { url: `http://127.0.0.1:${port}/_control`, token: TOKEN },
    async stop() {
      await server.close()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
