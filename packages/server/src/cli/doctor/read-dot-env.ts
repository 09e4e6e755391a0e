import { readFileSync } from 'node:fs'

/** The variables of a `.env` file; none when there is no file. */
export function readDotEnv(path: string): Readonly<Record<string, string>> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return {}
  }
  const lines = text.split(/\r?\n/).flatMap((line) => {
    const [, name, value = ''] = /^\s*(?:export\s+)?(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    return name === undefined ? [] : [[name, unquote(value)] as const]
  })
  const found: Record<string, string> = {}
  // `${NAME}` stands for a variable above it, as Laravel writes those of Vite.
  for (const [name, value] of lines)
    found[name] = value.replace(/\$\{(\w+)\}/g, (_all, other: string) => found[other] ?? '')
  return found
}

function unquote(value: string): string {
  const [, , inside] = /^(["'])(.*?)\1/.exec(value) ?? []
  return inside ?? value.replace(/\s+#.*$/, '')
}
