import type { Frame } from '@org/realtime-core/kit'
import { parseBinaryFrame } from './binary-frame.ts'

const SECRETS = /^(token|session)$/
const SECRETS_AND_PAYLOADS = /^(token|session|data|info)$/

/** A frame as the explain log shows it: never with a token or a session, with payloads only when asked. */
export function describeFrame(frame: Frame, withPayloads: boolean): string {
  const hidden = withPayloads ? SECRETS : SECRETS_AND_PAYLOADS
  try {
    const header = typeof frame === 'string' ? frame : `${parseBinaryFrame(frame)?.header}`
    return JSON.stringify(JSON.parse(header), (key, value) => (hidden.test(key) ? '…' : value))
  } catch {
    return 'unreadable'
  }
}
