import { invalid } from '@org/realtime-core/kit'
import type { Dialect } from './dialect.ts'

const ANSWERED = ['hello', 'subscribe', 'publish']

/** @throws RealtimeError `option.invalid` for what would be found out only by what does not come */
export function checkDialect({ decode, answers = [], heartbeat }: Dialect): void {
  if (typeof decode !== 'function') throw invalid('decode', 'a function', decode)
  if (!Array.isArray(answers) || !answers.every((word) => ANSWERED.includes(word)))
    throw invalid('answers', `a list of ${ANSWERED.join(', ')}`, answers)
  const { everyMs, answerMs = 1 } = heartbeat ?? { everyMs: 1 }
  if (!(everyMs >= 1)) throw invalid('heartbeat.everyMs', 'a number from 1', everyMs)
  if (!(answerMs >= 1)) throw invalid('heartbeat.answerMs', 'a number from 1', answerMs)
}
