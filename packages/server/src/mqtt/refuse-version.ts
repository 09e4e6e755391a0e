import { encode } from '@org/realtime-mqtt/codec'
import type { Wire } from '../wire.ts'
import { reasons, toConnackCode } from './reasons.ts'

/** Of a CONNECT of another version the level alone is known: it is answered in the form that its client may read. */
export function refuseVersion(wire: Wire, frame: Uint8Array, code: number | undefined): void {
  if (code !== reasons.badVersion) return
  const level = frame[frame.indexOf(0) + 6] ?? 0
  const isNewer = level > 5 && level < 0x80
  const form = isNewer ? 5 : 4
  const said = toConnackCode(form, code)
  if (said !== undefined)
    wire.send(encode({ type: 'connack', level: form, sessionPresent: false, code: said }, form))
}
