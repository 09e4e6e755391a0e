import type { AnyClient, ChannelOptions } from './api.ts'
import type { AnyChannel } from './binding-types.ts'
import { type HiddenTab, setHiddenTab } from './hidden-tab.ts'
import { oneOf } from './options.ts'

/** {@link ChannelOptions}, and what only bindings know. */
export interface BoundOptions extends ChannelOptions {
  /** What the channel does while nobody looks at the page. @default 'keep' */
  readonly hidden?: HiddenTab
}

type Open = (pattern: string, params: object, options: ChannelOptions) => AnyChannel

/**
 * A handle of a channel for a binding: `rest` are the parameters, where the pattern has any, and options. Nothing
 * when either is `'skip'`.
 * @throws RealtimeError `option.invalid` for a name outside the registry, a parameter that does not fit, or no such policy
 */
export function openChannel(
  client: AnyClient,
  pattern: string,
  ...rest: readonly (object | 'skip' | undefined)[]
): AnyChannel | undefined {
  if (rest.includes('skip')) return undefined
  const [params, given] = pattern.includes('{') ? rest : [{}, ...rest]
  const { hidden, ...options } = (given ?? {}) as BoundOptions
  const policy = oneOf('hidden', hidden, ['keep', 'coalesce', 'leave'])
  const channel = (client as AnyClient & { readonly channel: Open }).channel(
    pattern,
    params as object,
    options,
  )
  setHiddenTab(channel, policy)
  return channel
}

/** Channels of one pattern, and what tells whether their handles may be used again. */
export interface OpenedChannels {
  readonly client: AnyClient
  readonly kind: string | undefined
  readonly byName: ReadonlyMap<string, AnyChannel>
  readonly list: readonly AnyChannel[]
}

/**
 * Handles of the channels of a list, each once. Those that were there before stay, unless they are of another client
 * or have other options.
 * @throws RealtimeError `option.invalid` as `openChannel` does
 */
export function openChannels(
  client: AnyClient,
  pattern: string,
  params: readonly object[] | 'skip',
  options: BoundOptions | undefined,
  before?: OpenedChannels,
): OpenedChannels {
  const kind = JSON.stringify(options)
  const known = before?.client === client && before.kind === kind ? before.byName : undefined
  const byName = new Map<string, AnyChannel>()
  for (const one of params === 'skip' ? [] : params) {
    const channel = openChannel(client, pattern, one, options) as AnyChannel
    byName.set(channel.name, known?.get(channel.name) ?? channel)
  }
  return { client, kind, byName, list: [...byName.values()] }
}
