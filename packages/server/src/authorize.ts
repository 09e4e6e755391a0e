import type { User } from './authenticate.ts'
import { invalid } from './errors.ts'
import { type Guard, isPromise } from './guard.ts'
import { type Params, type Pattern, toPattern } from './pattern.ts'

/** What a rule allows. */
export interface Grant {
  /** To join and hear the channel. @default true */
  readonly subscribe?: boolean
  /** To publish to it, also without joining. @default false */
  readonly publish?: boolean
  /** Whether its members see each other; `info` instead of that of the user. @default for names that start with `presence-` */
  readonly presence?: boolean | { readonly info: unknown }
  /** Whether missed messages are sent again after an interruption. @default true */
  readonly history?: boolean
}

/** What everybody may do in the channels of a pattern; `true` lets join and hear, and no more. */
export type ChannelTable = Readonly<Record<string, true | Grant>>

export interface Denial {
  readonly refuse: 'forbidden' | 'unknown-channel' | 'limit' | 'rate-limited' | 'unavailable'
  /** For the client's error. */
  readonly message?: string
  /** When it may be tried again. Without it the refusal is final. */
  readonly retryMs?: number
}

/** `true` lets join and hear, and no more. */
export type RuleResult = boolean | Grant | Denial | undefined | null

export interface ChannelRequest {
  readonly channel: string
  readonly client: string
  readonly want: 'subscribe' | 'publish'
}

/** Decides about the channels of one pattern. A throw, or no answer in `times.hookMs`, counts as `unavailable`. */
export type Rule<P extends string = string> = (
  user: User,
  params: Params<P>,
  request: ChannelRequest,
) => RuleResult | Promise<RuleResult>

/** Whether somebody may send to a single client. */
export type MaySend = (
  from: { readonly client: string; readonly user: User },
  toClient: string,
) => boolean | Promise<boolean>

/** A grant with all its defaults. */
export interface Granted {
  readonly subscribe: boolean
  readonly publish: boolean
  readonly presence: false | { readonly info?: unknown }
  readonly history: boolean
}

export type Decision = Granted | Denial

export interface Rules {
  /** @throws ServerError `option.invalid` for text that is no pattern, or a pattern that has a rule */
  add<P extends string>(pattern: P, rule: Rule<P>): () => void
  decide(user: User, request: ChannelRequest): Decision | Promise<Decision>
}

/** Denies what no rule covers, unless `isOpen` and there is no rule at all. */
export function createRules({ isOpen, guard }: { readonly isOpen: boolean; readonly guard: Guard }): Rules {
  let rules: readonly { readonly pattern: Pattern; readonly rule: Rule }[] = []

  return {
    add(text, rule) {
      const pattern = toPattern(text)
      if (!pattern)
        throw invalid('pattern', "a name with holes like 'booking.{id}', or a start like 'public.*'", text)
      if (rules.some((other) => other.pattern.text === text))
        throw invalid('pattern', 'one that has no rule yet', text)
      const entry = { pattern, rule: rule as Rule }
      rules = [...rules, entry].sort((a, b) => a.pattern.rank - b.pattern.rank)
      return () => {
        rules = rules.filter((other) => other !== entry)
      }
    },
    decide(user, request) {
      const { channel } = request
      if (isOpen && !rules.length) return toGranted({ publish: true }, channel, user)
      for (const { pattern, rule } of rules) {
        const params = pattern.match(channel)
        if (!params) continue
        const decideBy = (result: RuleResult): Decision => toDecision(result, channel, user)
        const ask = (): Decision | Promise<Decision> => {
          const result = rule(user, params, request)
          return isPromise(result) ? result.then(decideBy) : decideBy(result)
        }
        return guard<Decision>(`rule for ${pattern.text}`, ask, UNAVAILABLE)
      }
      return { refuse: 'unknown-channel', message: 'No rule covers this channel' }
    },
  }
}

export const isDenial = (decision: Decision): decision is Denial => 'refuse' in decision

const UNAVAILABLE: Denial = { refuse: 'unavailable', message: 'Cannot be decided now', retryMs: 1000 }

function toDecision(result: RuleResult, channel: string, user: User): Decision {
  if (!result) return { refuse: 'forbidden', message: 'Not allowed' }
  if (result === true) return toGranted({}, channel, user)
  if (typeof result !== 'object') throw new TypeError('A rule must give true, false, a grant or { refuse }')
  return 'refuse' in result ? result : toGranted(result, channel, user)
}

function toGranted(grant: Grant, channel: string, { info }: User): Granted {
  const { subscribe = true, publish = false, history = true } = grant
  const { presence = channel.startsWith('presence-') } = grant
  return { subscribe, publish, history, presence: presence === true ? { info } : presence }
}
