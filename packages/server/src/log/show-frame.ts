import type { Frame } from '../wire.ts'
import type { Redact } from './redact.ts'

const MOST_CHARACTERS = 2000
/** More than is shown, because what is taken out makes room for what follows. */
const MOST_READ = 4 * MOST_CHARACTERS

/** A frame as people may see it: without secrets, and not without end. */
export function showFrame(frame: Frame, redact: Redact): string {
  const whole = typeof frame === 'string' ? frame : toPrintable(frame)
  const text = redact(whole.slice(0, MOST_READ))
  const isCut = whole.length > MOST_READ || text.length > MOST_CHARACTERS
  return isCut ? `${text.slice(0, MOST_CHARACTERS)}...` : text
}

function toPrintable(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, MOST_READ + 1))
    .toString('latin1')
    .replace(/[^ -~]/g, '·')
}

export function sizeOf(frame: Frame): number {
  return typeof frame === 'string' ? Buffer.byteLength(frame) : frame.length
}
