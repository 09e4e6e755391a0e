import { expect } from 'vitest'

/** What `/metrics` says, by name and labels as they are written there. */
export async function scrape(
  url: string,
  headers: Record<string, string> = {},
): Promise<Map<string, number>> {
  const response = await fetch(`${url}/metrics`, { headers })
  expect(response.status).toBe(200)
  return parseMetrics(await response.text())
}

export function parseMetrics(page: string): Map<string, number> {
  const lines = page.split('\n').filter((line) => line && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}
