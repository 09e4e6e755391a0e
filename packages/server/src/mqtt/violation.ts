/** A client has broken the protocol: `code` is the reason code to end its connection with. */
export class Violation extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.name = 'Violation'
    this.code = code
  }
}

/** The reason code of what was thrown, by the codec too; undefined for a fault of the server. */
export function toViolation(error: unknown): Violation | undefined {
  if (error instanceof Violation) return error
  const { code, details, message } = Object(error)
  if (code !== 'protocol.violation' || typeof details?.code !== 'number') return undefined
  return new Violation(details.code, String(message).replace(/^\[.*?\] /, ''))
}
