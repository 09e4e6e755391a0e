import { open, readFile, rename } from 'node:fs/promises'
import { invalid } from '@org/realtime-core/kit'
import { defineStore, type KeptSession } from './session-store.ts'

/** A journal that is longer than this and mostly of the past is written anew. */
const COMPACT_LINES = 10_000

/**
 * A session store in a file of its own: a journal of lines, so that a crash loses no more than the line it was
 * writing. Every write is on the disk before it resolves. One process at a time may use it.
 */
export function fileStore(path: string): KeptSession {
  if (typeof path !== 'string') throw invalid('path', 'the path of a file', path)
  const kept = new Map<string, Uint8Array>()
  let lines = 0
  let waiting: string[] = []
  let flushed: Promise<void> = Promise.resolve()

  const toLine = (key: string, value?: Uint8Array): string =>
    `${JSON.stringify(value ? [key, Buffer.from(value).toString('base64')] : [key])}\n`

  const compact = async (): Promise<void> => {
    await write(`${path}.new`, 'w', [...kept].map(([key, value]) => toLine(key, value)).join(''))
    await rename(`${path}.new`, path)
    lines = kept.size
  }

  const flush = async (): Promise<void> => {
    const batch = waiting
    waiting = []
    if (!batch.length) return
    await write(path, 'a', batch.join(''))
    lines += batch.length
    if (lines > COMPACT_LINES && lines > 2 * kept.size) await compact()
  }

  /** What is written while a write is under way goes with the next one. */
  const append = (line: string): Promise<void> => {
    waiting.push(line)
    flushed = flushed.catch(() => {}).then(flush)
    return flushed
  }

  return defineStore({
    async load() {
      await flushed.catch(() => {})
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return ''
        throw error
      })
      kept.clear()
      for (const [key, value] of readLines(text))
        if (value === undefined) kept.delete(key)
        else kept.set(key, new Uint8Array(Buffer.from(value, 'base64')))
      await compact()
      return [...kept]
    },
    put(key, value) {
      kept.set(key, value)
      return append(toLine(key, value))
    },
    delete(key) {
      kept.delete(key)
      return append(toLine(key))
    },
  })
}

/** On the disk before it resolves. */
async function write(path: string, flags: 'a' | 'w', text: string): Promise<void> {
  const handle = await open(path, flags, 0o600)
  try {
    await handle.writeFile(text)
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

/** The last line may be cut: what it was to say never happened. */
function readLines(text: string): [key: string, value?: string][] {
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as [string, string?]]
    } catch {
      return []
    }
  })
}
