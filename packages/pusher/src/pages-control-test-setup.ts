import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { answerRemotely } from '@org/realtime-testing'
import { build } from 'esbuild'
import { createLiveFarEnd, type LiveFarEnd } from './live-far-end-test-setup.ts'
import { toLiveServer } from './live-server-test-setup.ts'

/** `src/index.ts` as `tsup.base.ts` builds it for script tags. */
async function buildGlobal(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./index.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'RealtimePusher',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    conditions: ['@org/source', 'browser'],
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return outputFiles[0]?.text ?? ''
}

/** For pages, which cannot listen themselves: `/client.js`, `/start`, then `/ask/<id>` and `/stop/<id>`. */
export async function startPages(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const running: LiveFarEnd[] = []

  const answer = async (request: IncomingMessage): Promise<string | undefined> => {
    const [verb, id] = (request.url ?? '').slice(1).split('/')
    if (verb === 'client.js') return buildGlobal()
    if (verb === 'start') {
      const farEnd = await createLiveFarEnd()
      return JSON.stringify({ id: running.push(farEnd) - 1, port: farEnd.port, key: farEnd.key })
    }
    const farEnd = running[Number(id)]
    if (verb === 'ask' && farEnd) return answerRemotely(toLiveServer(farEnd))(await text(request))
    if (verb !== 'stop' || !farEnd) return undefined
    delete running[Number(id)]
    await farEnd.stop()
    return ''
  }

  const server = createServer(async (request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*')
    try {
      const body = await answer(request)
      response.writeHead(body === undefined ? 404 : 200).end(body)
    } catch (error) {
      response.writeHead(500).end(String(error))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      for (const farEnd of running) await farEnd?.stop()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
