import type { Fault, Rule } from '@org/realtime-devtools'
import { DESK } from './channels.ts'

/** What can be done to one user of the envelope, besides what the inspector does to everybody. */
export function createFaults(user: string): readonly Fault[] {
  const cut: Rule = { at: 'now', do: 'cut', user }
  const lose: Rule = { at: 'frame', do: 'drop', direction: 'out', user }
  // Frozen first, so that nobody hears of it.
  const freeze: Rule = { at: 'now', do: 'freeze', what: 'writes', forMs: 10_000, user }
  const hangUp: Rule = { at: 'open', do: 'close', code: 1011, reason: 'accepted by mistake' }
  const sendAway: Rule = { at: 'now', do: 'later', ms: 5000, user }
  const turnOut: Rule = { at: 'now', do: 'close', code: 4002, reason: 'not welcome', user }
  const expire: Rule = { at: 'now', do: 'expire', inMs: 5000, user }
  const forget: Rule = { at: 'now', do: 'restart', channel: DESK }
  const skip: Rule = { ...lose, type: 'msg', channel: DESK, nth: 1 }
  const refuse: Rule = { at: 'join', do: 'refuse', code: 'forbidden', channel: DESK, user }
  return [
    { label: 'Hang up', hint: 'Accepts, and closes at once: delays grow', held: [hangUp], once: [cut] },
    { label: 'Send away', hint: '“Come back in 5 s”, and the line ends', once: [sendAway, cut] },
    { label: 'Refuse for good', hint: '“Do not come back”: you have to connect', once: [turnOut] },
    { label: 'Expire the token', hint: 'Fetches new credentials, on the same line', once: [expire] },
    { label: 'Lose history', hint: 'Drops, and the channel starts anew', once: [freeze, forget, cut] },
    { label: 'Skip an event', hint: 'One never comes: the next shows the hole', once: [skip] },
    { label: 'Refuse the channel', hint: 'Drops, and may not join again', held: [refuse], once: [cut] },
    { label: 'Swallow receipts', hint: 'Publishes arrive, answers do not', held: [{ ...lose, type: 'ack' }] },
  ]
}
