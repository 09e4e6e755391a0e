import type { IncomingMessage, ServerResponse } from 'node:http'

export type JsonObject = Readonly<Record<string, unknown>>

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

/** It may be asked again. */
export class LaterProblem extends HttpProblem {
  readonly retryMs: number

  constructor(status: number, code: string, message: string, retryMs: number) {
    super(status, code, message)
    this.retryMs = retryMs
  }
}

/** Answers what was thrown, as far as the caller can do something about it; anything else is thrown on. */
export function sendProblem(reply: ServerResponse, error: unknown): void {
  if (!(error instanceof HttpProblem)) throw error
  const { status, code, message } = error
  if (error instanceof LaterProblem) reply.setHeader('Retry-After', Math.ceil(error.retryMs / 1000))
  sendJson(reply, status, { error: { code, message } })
}

export function sendJson(reply: ServerResponse, status: number, value: unknown): void {
  reply
    .writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
    .end(`${JSON.stringify(value)}\n`)
}

/**
 * The body of a request. One that is too long is read to its end, so that its sender hears of it, and not kept.
 * @throws HttpProblem for a body that is too long
 */
export async function readBody(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request) {
    bytes += (part as Buffer).length
    if (bytes > mostBytes) parts.length = 0
    else parts.push(part as Buffer)
  }
  if (bytes > mostBytes) throw new HttpProblem(413, 'too-large', `The body is over ${mostBytes} bytes`)
  return Buffer.concat(parts)
}

/**
 * The object in the body of a request.
 * @throws HttpProblem for a body that is too long, or no object of JSON
 */
export async function readJsonObject(request: IncomingMessage, mostBytes: number): Promise<JsonObject> {
  return parseJsonObject(await readBody(request, mostBytes))
}

/** @throws HttpProblem for what is no object of JSON */
export function parseJsonObject(body: Buffer): JsonObject {
  const value = parse(body.toString())
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw new HttpProblem(400, 'bad-body', 'The body must be an object of JSON')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
