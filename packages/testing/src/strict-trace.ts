import type { ErrorCode, RealtimeError } from '@org/realtime-core'

export interface StrictTrace {
  /** Every error event so far, expected or not. */
  readonly errors: readonly RealtimeError[]
  /** Allows, and requires, this many error events of that code, before or after this call. */
  expectError(code: ErrorCode, times?: number): void
  /** Throws when an error event came unexpected, or an expected one did not come. */
  verify(): void
}

/** What reports error events: a client. */
export interface ErrorSource {
  onError(listener: (error: RealtimeError) => void): () => void
}

/**
 * Fails a test on error events that it does not name. Give it the runner's `onTestFinished` or `afterEach`
 * to verify at the end of the test; otherwise call `verify` yourself.
 */
export function strictTrace(source: ErrorSource, atEnd?: (verify: () => void) => void): StrictTrace {
  const errors: RealtimeError[] = []
  const expected = new Map<ErrorCode, number>()
  source.onError((error) => errors.push(error))
  const trace: StrictTrace = {
    errors,
    expectError(code, times = 1) {
      expected.set(code, (expected.get(code) ?? 0) + times)
    },
    verify() {
      const left = new Map(expected)
      const unexpected = errors.filter(({ code }) => {
        const count = left.get(code) ?? 0
        left.set(code, count - 1)
        return count < 1
      })
      const missing = [...left].filter(([, count]) => count > 0).map(([code, count]) => `${code} (${count})`)
      if (unexpected.length)
        throw new Error(`Unexpected error events:\n${unexpected.map(describe).join('\n')}`, {
          cause: unexpected[0],
        })
      if (missing.length) throw new Error(`Expected error events did not come: ${missing.join(', ')}`)
    },
  }
  atEnd?.(() => trace.verify())
  return trace
}

const describe = ({ message, details, cause }: RealtimeError): string =>
  `- ${message} ${JSON.stringify(details)}${cause instanceof Error ? `, caused by ${cause.message}` : ''}`
