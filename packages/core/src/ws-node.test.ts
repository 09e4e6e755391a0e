import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { Frame, Session, SessionEnd } from './transport.ts'
import { type WebSocketOptions, websocketTransport } from './websocket-transport.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean()
})

interface Peer {
  readonly url: string
  readonly requests: IncomingMessage[]
  /** The server's end of the next connection. */
  accept(): Promise<WebSocket>
}

async function listen(server: Server = createServer(), options: object = {}): Promise<Peer> {
  const wss = new WebSocketServer({ server, ...options })
  const requests: IncomingMessage[] = []
  const sockets = new Set<Socket>()
  server.on('upgrade', (request) => requests.push(request))
  server.on('connection', (socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy()
    wss.close()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `ws://127.0.0.1:${port}/app?secret=1`,
    requests,
    accept: async () => (await once(wss, 'connection'))[0],
  }
}

function dial(url: string, options: WebSocketOptions = {}, subprotocols: readonly string[] = []) {
  const log: unknown[] = []
  const frames: Frame[] = []
  const opened = withResolvers<string>()
  const ended = withResolvers<SessionEnd>()
  let wanted = { count: Number.POSITIVE_INFINITY, resolve: (_frames: Frame[]) => {} }
  const session: Session = websocketTransport(options)(
    { url, subprotocols },
    {
      open(subprotocol) {
        log.push('open')
        opened.resolve(subprotocol)
      },
      frame(frame) {
        log.push('frame')
        frames.push(frame)
        if (frames.length >= wanted.count) wanted.resolve(frames)
      },
      end(end) {
        log.push('end')
        ended.resolve(end)
      },
    },
  )
  cleanups.push(() => session.close())
  const receive = (count: number): Promise<Frame[]> =>
    new Promise((resolve) => {
      wanted = { count, resolve }
      if (frames.length >= count) resolve(frames)
    })
  return { session, log, opened: opened.promise, ended: ended.promise, receive }
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

const headersOf = async (headers: WebSocketOptions['headers'], dials = 1) => {
  const { url, requests } = await listen()
  const options = headers && { headers }
  for (let count = 0; count < dials; count++) await dial(url, options).opened
  return requests.map((request) => request.headers['x-token'])
}

describe('websocketTransport in Node', () => {
  it('exchanges text and bytes of any length', async () => {
    const { url, accept } = await listen()
    const accepted = accept()
    const { session, opened, receive } = dial(url)
    const peer = await accepted
    peer.on('message', (data, isBinary) => peer.send(data, { binary: isBinary }))
    await opened
    const sent: Frame[] = [
      '',
      'grüße',
      new Uint8Array(),
      Uint8Array.of(0, 255),
      new Uint8Array(5_000_000).fill(7),
      'x'.repeat(70_000),
    ]
    for (const frame of sent) session.send(frame)
    const received = await receive(sent.length)
    expect(received.length).toBe(sent.length)
    expect(
      received.every((frame, index) =>
        typeof frame === 'string'
          ? frame === sent[index]
          : Buffer.compare(frame, sent[index] as Uint8Array) === 0,
      ),
    ).toBe(true)
  })

  it('hands bytes over as plain Uint8Array', async () => {
    const { url, accept } = await listen()
    const accepted = accept()
    const { receive } = dial(url)
    const peer = await accepted
    peer.send(Uint8Array.of(1, 2, 3))
    const [frame] = await receive(1)
    expect(Object.getPrototypeOf(frame)).toBe(Uint8Array.prototype)
    expect(frame).toEqual(Uint8Array.of(1, 2, 3))
  })

  it('reports the subprotocol that the peer chose', async () => {
    const { url } = await listen(undefined, { handleProtocols: () => 'mqtt' })
    expect(await dial(url, {}, ['mqttv3.1', 'mqtt']).opened).toBe('mqtt')
  })

  it('sends headers of an object', async () => {
    expect(await headersOf({ 'X-Token': 'one' })).toEqual(['one'])
  })

  it('asks a function for headers at every dial', async () => {
    let count = 0
    expect(await headersOf(() => ({ 'X-Token': `${++count}` }), 2)).toEqual(['1', '2'])
  })

  it('waits for a function that promises headers', async () => {
    expect(await headersOf(async () => ({ 'X-Token': 'later' }))).toEqual(['later'])
  })

  it('ends with the error of a function for headers', async () => {
    const { url } = await listen()
    const error = new Error('no token')
    const { ended, log } = dial(url, { headers: () => Promise.reject(error) })
    expect(await ended).toEqual({ error })
    expect(log).toEqual(['end'])
  })

  it('sends no upgrade when closed while the headers are awaited', async () => {
    const { url, requests } = await listen()
    const headers = withResolvers<Record<string, string>>()
    const { session, log } = dial(url, { headers: () => headers.promise })
    session.close(1000)
    headers.resolve({ 'X-Token': 'late' })
    await dial(url).opened
    expect([requests.length, log]).toEqual([1, []])
  })

  it('refuses impossible headers at once', () => {
    expect(() => dial('ws://127.0.0.1:9/', { headers: { 'X-Token': 'line\nbreak' } })).toThrow(
      expect.objectContaining({
        code: 'option.invalid',
        details: expect.objectContaining({ option: 'headers' }),
      }),
    )
  })

  it('dials through the agent it is given', async () => {
    const { url } = await listen()
    const agent = new Agent()
    let used = 0
    const { createConnection } = agent as unknown as { createConnection(...values: unknown[]): Socket }
    Object.assign(agent, {
      createConnection(...values: unknown[]) {
        used++
        return createConnection.apply(agent, values)
      },
    })
    await dial(url, { agent }).opened
    expect(used).toBe(1)
  })

  it('offers compression only when asked', async () => {
    const { url, requests } = await listen(undefined, { perMessageDeflate: true })
    await dial(url).opened
    await dial(url, { perMessageDeflate: true }).opened
    expect(requests.map(({ headers }) => headers['sec-websocket-extensions'])).toEqual([
      undefined,
      expect.stringContaining('permessage-deflate'),
    ])
  })

  it('takes the class of ws as any other constructor, with the options of Node', async () => {
    const { url, requests } = await listen()
    await dial(url, { WebSocket, headers: { 'X-Token': 'own' } }).opened
    expect(requests[0]?.headers['x-token']).toBe('own')
  })

  it('tells the status of a refused upgrade, once', async () => {
    const { url } = await listen(undefined, {
      verifyClient: (_: object, answer: (ok: boolean, status: number) => void) => answer(false, 401),
    })
    const { ended, log } = dial(url)
    expect(await ended).toMatchObject({ status: 401 })
    await dial(url).ended
    expect(log).toEqual(['end'])
  })

  it('ends with the error of a connection refused', async () => {
    const { url } = await listen()
    for (const clean of cleanups.splice(0)) clean()
    const { ended, log } = dial(url)
    const end = await ended
    expect(end).toEqual({ error: expect.objectContaining({ code: 'ECONNREFUSED' }) })
    expect([log, `${end.error}`.includes('secret')]).toEqual([['end'], false])
  })

  it('ends with code and reason of the peer', async () => {
    const { url, accept } = await listen()
    const accepted = accept()
    const { ended } = dial(url)
    ;(await accepted).close(4001, 'over quota')
    expect(await ended).toEqual({ code: 4001, reason: 'over quota' })
  })

  it('ends when the peer is cut off', async () => {
    const { url, accept } = await listen()
    const accepted = accept()
    const { ended, log } = dial(url)
    ;(await accepted).terminate()
    expect(await ended).toMatchObject({ code: 1006 })
    expect(log).toEqual(['open', 'end'])
  })

  it('ends with an error on a frame beyond maxFrameBytes', async () => {
    const { url, accept } = await listen()
    const accepted = accept()
    const { ended, log } = dial(url, { maxFrameBytes: 10 })
    const peer = await accepted
    peer.send('0123456789')
    peer.send('0123456789a')
    expect(await ended).toEqual({
      error: expect.objectContaining({ code: 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' }),
    })
    expect(log).toEqual(['open', 'frame', 'end'])
  })

  it('ends with an error on text that is not UTF-8', async () => {
    const { url, accept } = await listen()
    const accepted = accept()
    const { ended } = dial(url)
    ;(await accepted).send(Uint8Array.of(0xff), { binary: false })
    expect(await ended).toEqual({ error: expect.objectContaining({ code: 'WS_ERR_INVALID_UTF8' }) })
  })

  it('aborts an upgrade that is closed before it opened, without a word', async () => {
    const server = createServer()
    const { url } = await listen(server, { verifyClient: () => {} })
    const { session, log } = dial(url)
    const [, socket] = (await once(server, 'upgrade')) as [IncomingMessage, Socket]
    session.close(1000)
    await once(socket, 'close')
    expect(log).toEqual([])
  })

  it('closes with its code and reason, and hears no echo', async () => {
    const { url, accept } = await listen()
    const accepted = accept()
    const { session, opened, log } = dial(url)
    const peer = await accepted
    await opened
    session.close(4000, 'moving')
    const [code, reason] = await once(peer, 'close')
    expect([code, `${reason}`, log]).toEqual([4000, 'moving', ['open']])
  })

  it('drops the socket at once when closed without a code', async () => {
    const { url, accept } = await listen()
    const accepted = accept()
    const { session, opened } = dial(url)
    const peer = await accepted
    await opened
    session.close()
    const [code] = await once(peer, 'close')
    expect(code).toBe(1006)
  })

  it('gives a peer that never answers the close 2 s', async () => {
    const server = createServer()
    const { url } = await listen(server, { noServer: true, server: undefined })
    const upgraded = once(server, 'upgrade') as Promise<[IncomingMessage, Socket]>
    const { session, opened } = dial(url)
    const [request, socket] = await upgraded
    const wss = new WebSocketServer({ noServer: true })
    wss.handleUpgrade(request, socket, Buffer.alloc(0), () => socket.removeAllListeners('data').resume())
    await opened
    const begun = performance.now()
    session.close(1000)
    await once(socket, 'close')
    expect(performance.now() - begun).toBeGreaterThan(1500)
  })

  it.each(['ws://', 'ftp://host/', 'localhost:8080/x', 'ws://host/#part', '/app'])(
    'refuses the address %s',
    (url) => {
      expect(() => dial(url)).toThrow(
        expect.objectContaining({
          code: 'option.invalid',
          details: expect.objectContaining({ option: 'url' }),
        }),
      )
    },
  )

  it('refuses a repeated subprotocol', () => {
    expect(() => dial('ws://127.0.0.1:9/', {}, ['a', 'a'])).toThrow(
      expect.objectContaining({ code: 'option.invalid' }),
    )
  })
})

describe('websocketTransport over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'realtime-tls-'))
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const openssl = (line: string): void => {
    execFileSync('openssl', line.split(' '), { cwd: folder, stdio: 'ignore' })
  }

  beforeAll(() => {
    openssl('req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=Test -keyout ca.key -out ca.crt')
    for (const name of ['server', 'client']) {
      openssl(
        `req -newkey rsa:2048 -nodes -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout ${name}.key -out ${name}.csr`,
      )
      openssl(
        `x509 -req -days 1 -copy_extensions copy -CA ca.crt -CAkey ca.key -CAcreateserial -in ${name}.csr -out ${name}.crt`,
      )
    }
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const secure = async (options: object = {}): Promise<Peer> => {
    const peer = await listen(
      createTlsServer({ key: read('server.key'), cert: read('server.crt'), ...options }) as unknown as Server,
    )
    return { ...peer, url: peer.url.replace('ws:', 'wss:') }
  }

  it('trusts a CA it is given', async () => {
    const { url } = await secure()
    expect(await dial(url, { tls: { ca: read('ca.crt'), servername: 'localhost' } }).opened).toBe('')
  })

  it('ends with an error on a certificate it does not trust', async () => {
    const { url } = await secure()
    expect(await dial(url, { tls: { servername: 'localhost' } }).ended).toEqual({
      error: expect.objectContaining({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }),
    })
  })

  it('takes any certificate when told to', async () => {
    const { url } = await secure()
    expect(await dial(url, { tls: { rejectUnauthorized: false } }).opened).toBe('')
  })

  it('shows its own certificate', async () => {
    const { url } = await secure({ ca: read('ca.crt'), requestCert: true, rejectUnauthorized: true })
    const tls = { ca: read('ca.crt'), servername: 'localhost' }
    expect(
      await dial(url, { tls: { ...tls, cert: read('client.crt'), key: read('client.key') } }).opened,
    ).toBe('')
  })
})
