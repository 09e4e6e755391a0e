/** A WebSocket without a wire, for libraries that take the one of the page. */
export class FakeSocket extends EventTarget {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSING = 2
  static readonly CLOSED = 3
  static last: FakeSocket | undefined
  readyState = 0
  binaryType = 'blob'
  onopen: ((event: Event) => void) | null = null
  onmessage: ((event: MessageEvent) => void) | null = null
  onclose: ((event: Event) => void) | null = null
  onerror: ((event: Event) => void) | null = null

  readonly url: string

  constructor(url: string) {
    super()
    this.url = url
    FakeSocket.last = this
    queueMicrotask(() => {
      this.readyState = 1
      this.onopen?.(new Event('open'))
    })
  }

  receive(data: string): void {
    this.onmessage?.(new MessageEvent('message', { data }))
  }

  send(): void {}

  close(): void {
    this.readyState = 3
    this.onclose?.(new CloseEvent('close', { code: 1000 }))
  }
}

/** Runs something with the fake one in place of that of the page. */
export async function withFakeSocket<T>(run: () => Promise<T>): Promise<T> {
  const { WebSocket } = globalThis
  globalThis.WebSocket = FakeSocket as never
  try {
    return await run()
  } finally {
    globalThis.WebSocket = WebSocket
  }
}
