import { createWriteStream, openSync } from 'node:fs'
import { ServerError } from '../errors.ts'
import type { Format } from './format.ts'
import type { LogEntry } from './log-options.ts'

/** Where entries go. */
export interface Sink {
  write(entry: LogEntry): void
  /** Resolves when everything is out. */
  close(): Promise<void>
}

/** What a sink needs of a stream. */
export interface LineStream {
  readonly writableLength: number
  write(line: string, done?: () => void): unknown
}

/** More than this unwritten means that whoever reads the log has stopped. */
const MOST_BYTES = 4_194_304

/** Lines on a stream. Those that it does not take in time are counted instead of kept, and the count is told. */
export function createStreamSink(stream: LineStream, format: Format): Sink {
  let lost = 0
  return {
    write(entry) {
      if (stream.writableLength > MOST_BYTES) {
        lost++
        return
      }
      if (lost > 0) stream.write(format({ at: entry.at, level: 'warn', event: 'log-lost', lines: lost }))
      lost = 0
      stream.write(format(entry))
    },
    close: () => new Promise((resolve) => void stream.write('', () => resolve())),
  }
}

/** @throws ServerError `option.invalid` for a file that cannot be written */
export function createFileSink(path: string, format: Format): Sink {
  const stream = createWriteStream(path, { fd: open(path) })
  // The disk may fill up later. The server goes on without a log then.
  stream.on('error', () => {})
  const sink = createStreamSink(stream, format)
  return { write: sink.write, close: () => new Promise((resolve) => stream.end(() => resolve())) }
}

function open(path: string): number {
  try {
    return openSync(path, 'a', 0o600)
  } catch (cause) {
    const expected = 'a file that can be written'
    const reason = cause instanceof Error ? cause.message : String(cause)
    const details = { option: 'log.file', expected, value: path }
    throw new ServerError('option.invalid', `Option log.file must be ${expected}: ${reason}`, details, cause)
  }
}

export function createFunctionSink(write: (entry: LogEntry) => void): Sink {
  return { write, close: async () => {} }
}
