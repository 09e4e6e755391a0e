import type { Refusal } from '@org/realtime-raw-ws/codec'
import type { Denial } from '../authorize.ts'

const messages: Readonly<Record<Denial['refuse'], string>> = {
  forbidden: 'Not allowed',
  'unknown-channel': 'No rule covers this channel',
  limit: 'Too many',
  'rate-limited': 'Too many, too fast',
  unavailable: 'Cannot be decided now',
}

export const toRefusal = ({ refuse: code, message = messages[code], retryMs }: Denial): Refusal =>
  retryMs === undefined ? { code, message } : { code, message, retryMs }
