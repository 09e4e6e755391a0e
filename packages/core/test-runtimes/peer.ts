import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

const REFUSAL = 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'

/** The server that the scenario talks to, and the pages that a browser runs it from. */
export async function createPeer(pages: Record<string, string> = {}) {
  const closes: string[] = []
  const sockets = new Set<Socket>()
  const serve = (peer: WebSocket, token: string): void => {
    peer.on('close', (code, reason) => closes.push(`${code} ${reason}`))
    peer.on('message', (data, isBinary) => {
      if (`${data}` === 'close') peer.close(4001, 'over quota')
      else if (`${data}` === 'token') peer.send(token)
      else peer.send(data, { binary: isBinary })
    })
  }
  const wss = new WebSocketServer({ noServer: true })
  const server = createServer(({ url = '' }, response) => {
    const type = url.endsWith('.js') ? 'text/javascript' : 'text/html'
    response.writeHead(pages[url] ? 200 : 404, { 'Content-Type': type }).end(pages[url])
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('upgrade', (request, socket, head) => {
    if (request.url === '/stall') return
    if (request.url === '/cut') socket.destroy()
    else if (request.url === '/refuse') socket.end(REFUSAL)
    else if (request.url === '/mute')
      wss.handleUpgrade(request, socket, head, () => socket.removeAllListeners('data'))
    else wss.handleUpgrade(request, socket, head, (peer) => serve(peer, `${request.headers['x-token']}`))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    closes,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
