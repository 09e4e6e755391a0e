/** What a fault may be about. */
export type Target =
  | { readonly kind: 'everything' }
  | { readonly kind: 'endpoint' | 'connection' | 'channel'; readonly name: string }

/** One button. */
export interface FaultButton {
  readonly label: string
  readonly title: string
  readonly rule: object
  /** Kinds of targets that it makes sense for. */
  readonly for: readonly Target['kind'][]
}

const all = ['everything', 'endpoint', 'connection', 'channel'] as const
const entries = ['everything', 'endpoint'] as const
const names = ['everything', 'endpoint', 'connection', 'channel'] as const

/** The buttons, by when they strike. */
export const faultGroups: Readonly<Record<string, readonly FaultButton[]>> = {
  'At once': [
    { label: 'Cut', title: 'Ends TCP without a word: 1006', rule: { at: 'now', do: 'cut' }, for: all },
    {
      label: 'Close 1012',
      title: 'Closes with the code of a restart',
      rule: { at: 'now', do: 'close', code: 1012 },
      for: all,
    },
    {
      label: 'Freeze 5 s',
      title: 'TCP stays open, nothing is read or written',
      rule: { at: 'now', do: 'freeze', forMs: 5000 },
      for: all,
    },
    {
      label: 'Ask to move',
      title: 'Advice to be on another connection within 5 s',
      rule: { at: 'now', do: 'drain', windowMs: 5000 },
      for: all,
    },
    {
      label: 'Come back later',
      title: 'Advice not to come back within 5 s of the end',
      rule: { at: 'now', do: 'later', ms: 5000 },
      for: all,
    },
    {
      label: 'Expire tokens',
      title: 'Credentials are over now',
      rule: { at: 'now', do: 'expire' },
      for: all,
    },
    {
      label: 'Forget history',
      title: 'What a channel has kept is gone; its offsets go on',
      rule: { at: 'now', do: 'evict' },
      for: ['channel'],
    },
    {
      label: 'Start anew',
      title: 'The channel counts from the start, in another epoch',
      rule: { at: 'now', do: 'restart' },
      for: ['channel'],
    },
  ],
  'The next frame out': [
    {
      label: 'Lose it',
      title: 'It never arrives',
      rule: { at: 'frame', direction: 'out', do: 'drop', nth: 1 },
      for: names,
    },
    {
      label: 'Double it',
      title: 'It arrives twice',
      rule: { at: 'frame', direction: 'out', do: 'duplicate', nth: 1 },
      for: names,
    },
    {
      label: 'Swap it',
      title: 'It arrives after the one behind it',
      rule: { at: 'frame', direction: 'out', do: 'reorder', nth: 1 },
      for: names,
    },
    {
      label: 'Delay it 2 s',
      title: 'It arrives late, others overtake it',
      rule: { at: 'frame', direction: 'out', do: 'delay', ms: 2000, nth: 1 },
      for: names,
    },
  ],
  'Until it is taken back': [
    {
      label: 'Stall upgrades',
      title: 'New connections hang before they open',
      rule: { at: 'upgrade', do: 'stall' },
      for: entries,
    },
    {
      label: 'Refuse upgrades',
      title: 'New connections get 503',
      rule: { at: 'upgrade', do: 'refuse' },
      for: entries,
    },
    {
      label: 'Mute',
      title: 'Nothing is written any more',
      rule: { at: 'now', do: 'freeze', what: 'writes' },
      for: all,
    },
    {
      label: 'Lose all out',
      title: 'No frame arrives at clients',
      rule: { at: 'frame', direction: 'out', do: 'drop' },
      for: names,
    },
    {
      label: 'Lose all in',
      title: 'No frame of clients is read',
      rule: { at: 'frame', direction: 'in', do: 'drop' },
      for: names,
    },
    {
      label: 'Refuse joins',
      title: 'Channels cannot be joined',
      rule: { at: 'join', do: 'refuse' },
      for: names,
    },
    {
      label: 'Refuse publishes',
      title: 'Publishes are answered with a refusal',
      rule: { at: 'publish', do: 'refuse' },
      for: names,
    },
  ],
}

/** The rule of a button, for a target. */
export function toRule({ rule }: FaultButton, target: Target): object {
  return target.kind === 'everything' ? rule : { ...rule, [target.kind]: target.name }
}

/** A rule in words. */
export function toRuleWords(rule: Readonly<Record<string, unknown>>): string {
  const known = Object.values(faultGroups)
    .flat()
    .find((fault) => isWithin(fault.rule, rule))
  const about = ['endpoint', 'connection', 'channel', 'client', 'user'].flatMap((name) =>
    rule[name] === undefined ? [] : [`${name} ${rule[name]}`],
  )
  const { at, do: what } = rule
  return `${known?.label ?? `${at}: ${what}`}, ${about.length > 0 ? about.join(', ') : 'everything'}`
}

/** Whether a rule has all that a button has, and nothing besides but what it is about. */
function isWithin(button: object, rule: Readonly<Record<string, unknown>>): boolean {
  const names = Object.keys(rule).filter((name) => !['endpoint', 'connection', 'channel'].includes(name))
  const own = Object.entries(button)
  return names.length === own.length && own.every(([name, value]) => rule[name] === value)
}
