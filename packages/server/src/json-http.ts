import type { IncomingMessage, ServerResponse } from 'node:http'

/** A request that is answered with a status other than 200. */
export class HttpProblem extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export function sendJson(reply: ServerResponse, status: number, value: unknown): void {
  reply
    .writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
    .end(`${JSON.stringify(value)}\n`)
}

/**
 * The object in the body of a request.
 * @throws HttpProblem for a body that is too long, or no object of JSON
 */
export async function readJsonObject(
  request: IncomingMessage,
  mostBytes: number,
): Promise<Readonly<Record<string, unknown>>> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request) {
    bytes += (part as Buffer).length
    if (bytes > mostBytes) throw new HttpProblem(413, 'too-large', `The body is over ${mostBytes} bytes`)
    parts.push(part as Buffer)
  }
  const value = parse(Buffer.concat(parts).toString())
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>
  throw new HttpProblem(400, 'bad-body', 'The body must be an object of JSON')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
