import { expect, vi } from 'vitest'
import type { InspectLine } from './report.ts'

/** What the stream tells from now on. */
export async function watchInspector(url: string, query = '', headers: Record<string, string> = {}) {
  const lines: InspectLine[] = []
  const response = await fetch(`${url}/_inspect/stream${query}`, { headers })
  const ended = (async () => {
    let rest = ''
    for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const parts = (rest + text).split('\n')
      rest = parts.pop() ?? ''
      lines.push(...parts.map((part) => JSON.parse(part)))
    }
  })()
  // A server that ends cuts it short, of which only those need to know who wait for it.
  ended.catch(() => {})
  const sees = async <K extends InspectLine['kind']>(
    kind: K,
    fits: (line: InspectLine & { kind: K }) => boolean = () => true,
  ) => {
    const find = () => lines.find((line) => line.kind === kind && fits(line as InspectLine & { kind: K }))
    await vi.waitFor(() => expect(find()).toBeDefined(), 25_000)
    return find() as InspectLine & { kind: K }
  }
  return { response, lines, ended, sees }
}
