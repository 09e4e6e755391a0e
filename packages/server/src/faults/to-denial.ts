import type { Denial } from '../authorize.ts'
import type { FaultRule } from './rule.ts'

/** What a rule of faults refuses with. */
export const toDenial = ({
  code = 'forbidden',
  retryMs,
}: Pick<FaultRule<'publish'>, 'code' | 'retryMs'>): Denial =>
  retryMs === undefined ? { refuse: code } : { refuse: code, retryMs }
