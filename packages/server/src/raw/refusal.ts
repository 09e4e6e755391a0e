import type { Refusal } from '@org/realtime-raw-ws/codec'
import type { Denial } from '../authorize.ts'
import type { FaultRule } from '../faults/rule.ts'

const messages: Readonly<Record<Denial['refuse'], string>> = {
  forbidden: 'Not allowed',
  'unknown-channel': 'No rule covers this channel',
  limit: 'Too many',
  'rate-limited': 'Too many, too fast',
  unavailable: 'Cannot be decided now',
}

export const toRefusal = ({ refuse: code, message = messages[code], retryMs }: Denial): Refusal =>
  retryMs === undefined ? { code, message } : { code, message, retryMs }

/** What a rule of faults refuses with. */
export const toDenial = ({
  code = 'forbidden',
  retryMs,
}: Pick<FaultRule<'publish'>, 'code' | 'retryMs'>): Denial =>
  retryMs === undefined ? { refuse: code } : { refuse: code, retryMs }
