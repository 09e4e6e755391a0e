import type * as core from './subject.ts'

/** What one runtime showed; every runtime must show the same, but for what the test lists. */
export interface Outcome {
  readonly exchange: { readonly log: readonly unknown[]; readonly isPlainBytes: boolean }
  readonly large: number
  readonly refused: { readonly ends: number; readonly status: number | undefined }
  readonly unreachable: { readonly ends: number; readonly hasError: boolean }
  readonly closed: readonly unknown[]
  readonly malformed: string
  readonly headers: string
  readonly signals: { readonly hidden: boolean; readonly timers: number }
}

/** Runs the same against the same peer in every runtime; uses nothing but what all of them have. */
export async function scenario(subject: typeof core, base: string): Promise<Outcome> {
  const { browserSignals, RealtimeError, systemClock, websocketTransport } = subject

  const dial = (path: string, options: core.WebSocketOptions = {}) => {
    const log: unknown[] = []
    const frames: unknown[] = []
    let told: () => void = () => {}
    const tell = (entry: unknown): void => {
      log.push(entry)
      told()
    }
    const session = websocketTransport(options)(
      { url: base + path, subprotocols: [] },
      {
        open: (subprotocol) => tell(['open', subprotocol]),
        frame(frame) {
          frames.push(frame)
          tell(['frame', typeof frame === 'string' ? frame : [...frame.subarray(0, 9)]])
        },
        end: (end) => tell(['end', end]),
      },
    )
    const until = (count: number): Promise<void> =>
      new Promise((resolve) => {
        told = () => {
          if (log.length >= count) resolve()
        }
        told()
      })
    const end = (): { code?: number; status?: number; error?: unknown } => (log.at(-1) as [string, object])[1]
    return { session, log, frames, until, end }
  }
  const codeOf = (run: () => unknown): string => {
    try {
      run()
      return 'accepted'
    } catch (error) {
      if (!RealtimeError.is(error, 'option.invalid')) return `${error}`
      return `${error}${(error as { stack?: string }).stack}`.includes('secret')
        ? 'tells secrets'
        : `invalid ${error.details.option}`
    }
  }

  const refused = dial('/refuse')
  const unreachable = dial('/cut')
  await refused.until(1)
  await unreachable.until(1)

  const echo = dial('/echo')
  await echo.until(1)
  echo.session.send('grüße')
  echo.session.send(Uint8Array.of(0, 255))
  echo.session.send('close')
  await echo.until(4)

  const large = dial('/echo')
  await large.until(1)
  large.session.send(new Uint8Array(1_000_000).fill(7))
  await large.until(2)
  const [frame] = large.frames as [Uint8Array]

  const closed = dial('/echo')
  await closed.until(1)
  closed.session.close(4000, 'ü'.repeat(100))
  const aborted = dial('/stall')
  aborted.session.close(1000)
  large.session.close()
  const last = dial('/echo')
  await last.until(1)
  last.session.send('close')
  await last.until(2)

  const dialWithHeaders = () => dial('/echo', { headers: async () => ({ 'X-Token': 'one' }) })
  let headers = codeOf(() => dialWithHeaders().session.close(1000))
  if (headers === 'accepted') {
    const told = dialWithHeaders()
    await told.until(1)
    told.session.send('token')
    await told.until(2)
    headers = `sent ${told.frames[0]}`
    told.session.close(1000)
  }

  let timers = 0
  const signals = browserSignals({
    ...systemClock,
    after(...values) {
      timers++
      return systemClock.after(...values)
    },
  })
  signals.subscribe(() => {})()

  return {
    exchange: { log: echo.log, isPlainBytes: Object.getPrototypeOf(echo.frames[1]) === Uint8Array.prototype },
    large: frame.every((byte) => byte === 7) ? frame.length : 0,
    refused: { ends: refused.log.length, status: refused.end().status },
    unreachable: { ends: unreachable.log.length, hasError: unreachable.end().error !== undefined },
    closed: [...closed.log, ...aborted.log],
    malformed: codeOf(() =>
      websocketTransport()({ url: 'ftp://host/?secret=1', subprotocols: [] }, {} as never),
    ),
    headers,
    signals: { hidden: signals.hidden(), timers },
  }
}
