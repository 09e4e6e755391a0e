import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { toJson } from './conformance/frame-json.ts'
import { answerRemotely } from './conformance/remote-server.ts'
import { farEndKinds } from './far-end-kinds-test-setup.ts'
import { answerRig } from './remote-rig-test-setup.ts'
import { serve } from './serve-test-setup.ts'
import { type Sight, startWebSocketFarEnd } from './websocket-rig-test-setup.ts'

/** A far end that a page has asked for. */
interface Running {
  readonly url: string
  ask(question: string): Promise<string>
  /** Tells what it sees from now on. */
  watch?(response: ServerResponse): void
  stop(): Promise<void>
}

async function startKind(kind: string): Promise<Running | undefined> {
  if (kind === 'websocket') return startWatched()
  if (!Object.hasOwn(farEndKinds, kind)) return undefined
  const { server, ...rest } = await farEndKinds[kind as keyof typeof farEndKinds]()
  return { ...rest, ask: answerRemotely(server) }
}

async function startWatched(): Promise<Running> {
  const watchers = new Set<ServerResponse>()
  const see = (sight: Sight): void => {
    for (const watcher of watchers)
      if (!watcher.writableEnded) watcher.write(`data: ${JSON.stringify(sight.map(toJson))}\n\n`)
  }
  const rig = await startWebSocketFarEnd(see)
  return {
    url: rig.url,
    ask: async (question) => answerRig(rig, question),
    watch(response) {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' })
      response.write('data: []\n\n')
      watchers.add(response)
      response.on('close', () => watchers.delete(response))
    },
    async stop() {
      await rig.stop()
      for (const watcher of watchers) watcher.end()
    },
  }
}

/**
 * Starts far ends for pages, which cannot listen themselves: `/start/<kind>`, then `/ask/<id>`, `/watch/<id>`,
 * `/stop/<id>`.
 */
export async function startControl(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const running: Running[] = []

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [verb, what = ''] = (request.url ?? '').slice(1).split('/')
    response.setHeader('Access-Control-Allow-Origin', '*')
    response.setHeader('Access-Control-Allow-Headers', '*')
    if (request.method === 'OPTIONS') return void response.writeHead(204).end()
    const farEnd = running[Number(what)]
    const started = verb === 'start' ? await startKind(what) : undefined
    if (started) response.end(JSON.stringify({ id: running.push(started) - 1, url: started.url }))
    else if (verb === 'ask' && farEnd) response.end(await farEnd.ask(await text(request)))
    else if (verb === 'watch' && farEnd?.watch) farEnd.watch(response)
    else if (verb === 'stop' && farEnd) {
      await farEnd.stop()
      response.end()
    } else response.writeHead(404).end()
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.writeHead(500).end(String(error)))
  })
  const { host, stop } = await serve(server)
  return {
    url: `http://${host}`,
    async stop() {
      for (const farEnd of running) await farEnd.stop()
      await stop()
    },
  }
}
