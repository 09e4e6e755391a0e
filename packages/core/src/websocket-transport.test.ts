import { afterEach, describe, expect, it, vi } from 'vitest'
import { RealtimeError } from './errors.ts'
import type { Frame, Session, SessionEnd } from './transport.ts'
import { websocketTransport } from './websocket-transport.ts'

afterEach(() => vi.unstubAllGlobals())

type Entry = readonly ['open', string] | readonly ['frame', Frame] | readonly ['end', SessionEnd]

/** A WHATWG socket driven by hand: it does nothing on its own. */
class FakeSocket {
  readyState = 0
  binaryType = 'blob'
  bufferedAmount = 0
  protocol = ''
  onopen: ((event: object) => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onerror: ((event: object) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null
  readonly sent: Frame[] = []
  readonly closed: [code?: number | undefined, reason?: string | undefined][] = []
  readonly url: string
  readonly subprotocols: string[]

  constructor(url: string, subprotocols: string[]) {
    this.url = url
    this.subprotocols = subprotocols
  }

  send(frame: Frame): void {
    this.sent.push(frame)
  }

  close(code?: number, reason?: string): void {
    this.closed.push([code, reason])
    this.readyState = 2
  }

  open(protocol = ''): void {
    this.readyState = 1
    this.protocol = protocol
    this.onopen?.({})
  }

  fail(event: object = {}): void {
    this.readyState = 3
    this.onerror?.(event)
  }

  end(code: number, reason = ''): void {
    this.readyState = 3
    this.onclose?.({ code, reason })
  }
}

class TerminableSocket extends FakeSocket {
  terminated = 0

  terminate(): void {
    this.terminated++
  }
}

function setup<S extends FakeSocket = FakeSocket>(
  url = 'ws://host/app',
  Base: new (url: string, subprotocols: string[]) => S = FakeSocket as never,
) {
  const log: Entry[] = []
  let made: S | undefined
  const Recorded = class extends (Base as typeof FakeSocket) {
    constructor(...values: ConstructorParameters<typeof FakeSocket>) {
      super(...values)
      made = this as unknown as S
    }
  }
  const session: Session = websocketTransport({ WebSocket: Recorded })(
    { url, subprotocols: ['a', 'b'] },
    {
      open: (subprotocol) => log.push(['open', subprotocol]),
      frame: (frame) => log.push(['frame', frame]),
      end: (end) => log.push(['end', end]),
    },
  )
  return { session, log, socket: made as S }
}

const thrownBy = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

const dialThrows = (error: unknown, url = 'ws://host/?secret=1'): unknown => {
  const Throwing = class extends FakeSocket {
    constructor(...values: ConstructorParameters<typeof FakeSocket>) {
      super(...values)
      throw error
    }
  }
  return thrownBy(() => websocketTransport({ WebSocket: Throwing })({ url, subprotocols: [] }, {} as never))
}

describe('websocketTransport', () => {
  it('dials the address and the subprotocols it is given', () => {
    const { socket } = setup('wss://host/app?x=1')
    expect([socket.url, socket.subprotocols]).toEqual(['wss://host/app?x=1', ['a', 'b']])
  })

  it('maps http: to ws: and https: to wss:', () => {
    expect(setup('http://host/').socket.url).toBe('ws://host/')
    expect(setup('https://host/http').socket.url).toBe('wss://host/http')
    expect(setup('HTTP://host/').socket.url).toBe('ws://host/')
  })

  it('reports open, frames and end in order, text as string and bytes as Uint8Array', () => {
    const { log, socket } = setup()
    socket.open('b')
    socket.onmessage?.({ data: 'text' })
    socket.onmessage?.({ data: Uint8Array.of(1, 2).buffer })
    socket.end(4001, 'bye')
    expect(socket.binaryType).toBe('arraybuffer')
    expect(log).toEqual([
      ['open', 'b'],
      ['frame', 'text'],
      ['frame', Uint8Array.of(1, 2)],
      ['end', { code: 4001, reason: 'bye' }],
    ])
  })

  it('hands bytes of a socket without ArrayBuffers on as they are', () => {
    const { log, socket } = setup()
    const bytes = Uint8Array.of(7)
    socket.onmessage?.({ data: bytes })
    expect(log[0]?.[1]).toBe(bytes)
  })

  it('counts an error followed by a close as one end', () => {
    const { log, socket } = setup()
    socket.fail({ error: 'why' })
    socket.end(1006)
    expect(log).toEqual([['end', { error: 'why' }]])
  })

  it('ends on an error that no close follows, and releases the socket', () => {
    const { log, socket } = setup()
    socket.open()
    socket.onerror?.({ message: 'odd' })
    expect(log.at(-1)).toEqual(['end', { error: 'odd' }])
    expect(socket.closed).toHaveLength(1)
  })

  it('ends on a close without an error', () => {
    const { log, socket } = setup()
    socket.end(1006)
    expect(log).toEqual([['end', { code: 1006, reason: '' }]])
  })

  it('keeps the event of the platform out of the end', () => {
    const { log, socket } = setup('ws://host/?secret=1')
    socket.fail({ target: socket })
    expect(log).toEqual([['end', { error: undefined }]])
  })

  it('reports nothing after its end', () => {
    const { log, socket } = setup()
    socket.end(1001)
    const { onopen, onmessage, onclose } = socket
    expect([onopen, onmessage, onclose]).toEqual([null, null, null])
    socket.fail()
    expect(log).toHaveLength(1)
  })

  it('reports nothing after its own close, whatever the socket still does', () => {
    const { log, session, socket } = setup()
    socket.open()
    session.close(1000)
    socket.onmessage?.({ data: 'late' })
    socket.fail()
    socket.end(1000)
    expect(log).toEqual([['open', '']])
  })

  it('calls back from nothing it is asked', () => {
    const { log, session, socket } = setup()
    socket.open()
    socket.close = () => socket.end(1000)
    session.send('x')
    session.close(1000)
    expect(log).toEqual([['open', '']])
  })

  it('closes a connecting socket at once, as Chrome makes one handshake per host at a time', () => {
    vi.stubGlobal('navigator', {
      userAgent: 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    })
    const { log, session, socket } = setup()
    session.close(1000)
    socket.fail()
    socket.end(1006)
    expect([socket.closed, log]).toEqual([[[1000, '']], []])
  })

  it('does not close a connecting socket of WebKit, but does when it opens late', () => {
    vi.stubGlobal('navigator', {
      userAgent: 'Mozilla/5.0 AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
    })
    const { log, session, socket } = setup()
    session.close(1000)
    expect(socket.closed).toEqual([])
    socket.open()
    expect(socket.closed).toHaveLength(1)
    expect(log).toEqual([])
  })

  it('aborts a connecting socket that can be terminated', () => {
    const { session, socket } = setup('ws://host', TerminableSocket)
    session.close(1000)
    expect([socket.terminated, socket.closed]).toEqual([1, []])
  })

  it('terminates without a code, and shakes hands with one', () => {
    const dead = setup('ws://host', TerminableSocket)
    dead.socket.open()
    dead.session.close()
    expect([dead.socket.terminated, dead.socket.closed]).toEqual([1, []])
    const alive = setup('ws://host', TerminableSocket)
    alive.socket.open()
    alive.session.close(4000, 'moved')
    expect([alive.socket.terminated, alive.socket.closed]).toEqual([0, [[4000, 'moved']]])
  })

  it('closes without a code where the socket cannot be terminated', () => {
    const { session, socket } = setup()
    socket.open()
    session.close()
    expect(socket.closed).toEqual([[undefined, '']])
  })

  it('cuts a reason to 123 bytes between characters', () => {
    const { session, socket } = setup()
    socket.open()
    session.close(1000, 'ü'.repeat(100))
    expect(socket.closed).toEqual([[1000, 'ü'.repeat(61)]])
  })

  it('closes without a code when the platform refuses the code', () => {
    const { session, socket } = setup()
    socket.open()
    socket.close = (code) => {
      socket.closed.push([code])
      if (code) throw new Error('InvalidAccessError')
    }
    session.close(1002)
    expect(socket.closed).toEqual([[1002], [undefined]])
  })

  it('closes twice without harm', () => {
    const { session, socket } = setup()
    socket.open()
    session.close(1000)
    session.close(1000)
    session.close()
    expect(socket.onopen).toBeNull()
  })

  it('sends nothing more once the peer closes it, and tells its code', () => {
    const { session, socket, log } = setup()
    socket.open()
    socket.readyState = 2
    session.send('lost')
    socket.end(4001, 'refused')
    session.send('late')
    expect(socket.sent).toEqual([])
    expect(log.at(-1)).toEqual(['end', { code: 4001, reason: 'refused' }])
  })

  it('tells how much the socket still holds', () => {
    const { session, socket } = setup()
    socket.bufferedAmount = 7
    expect(session.bufferedBytes).toBe(7)
  })

  it.each(['SyntaxError', 'SecurityError', 'TypeError'])(
    'turns %s of the constructor into option.invalid without the query',
    (name) => {
      const error = dialThrows(Object.assign(new Error('cannot dial ws://host/?secret=1'), { name }))
      expect(error).toMatchObject({ code: 'option.invalid', details: { option: 'url' } })
      expect(`${error} ${JSON.stringify(error)} ${(error as Error).stack}`).not.toContain('secret')
      expect((error as Error).cause).toBeUndefined()
    },
  )

  it('leaves any other error of the constructor as it is, to be tried again', () => {
    const error = new Error('too many sockets')
    expect(dialThrows(error)).toBe(error)
  })

  it('refuses a relative address where there is no page', () => {
    expect(RealtimeError.is(dialThrows(new Error('not reached'), '/app?secret=1'), 'option.invalid')).toBe(
      true,
    )
  })
})
