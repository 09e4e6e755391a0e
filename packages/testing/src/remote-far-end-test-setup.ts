import { websocketTransport } from '@org/realtime-core/kit'
import { inject } from 'vitest'
import { fromJson } from './conformance/frame-json.ts'
import type { LiveServer } from './conformance/live-server.ts'
import { remoteServer } from './conformance/remote-server.ts'
import type { TransportRig } from './conformance/transport-rig.ts'
import { mirrorRig } from './remote-rig-test-setup.ts'

declare module 'vitest' {
  interface ProvidedContext {
    farEnds: string
  }
}

async function post(path: string, body = ''): Promise<string> {
  const response = await fetch(`${inject('farEnds')}/${path}`, { method: 'POST', body })
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return response.text()
}

/** Starts a far end of this kind in the process of the test runner. */
async function start(kind: string) {
  const { id, url } = JSON.parse(await post(`start/${kind}`)) as { id: number; url: string }
  return {
    id,
    url,
    ask: (question: string) => post(`ask/${id}`, question),
    stop: async () => void (await post(`stop/${id}`)),
  }
}

export async function startRemote(
  kind: string,
): Promise<{ readonly url: string; readonly server: LiveServer; stop(): Promise<void> }> {
  const { url, ask, stop } = await start(kind)
  return { url, server: await remoteServer(ask), stop }
}

export async function startRemoteRig(): Promise<TransportRig> {
  const { id, url, ask, stop } = await start('websocket')
  const watch = new EventSource(`${inject('farEnds')}/watch/${id}`)
  const rig = mirrorRig(websocketTransport(), url, ask, () => {
    watch.close()
    return stop()
  })
  await new Promise((resolve) => {
    watch.onmessage = ({ data }) => {
      const sight = JSON.parse(data).map(fromJson)
      if (sight.length) rig.see(sight)
      else resolve(undefined)
    }
  })
  return rig
}
