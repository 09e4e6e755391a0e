/** The tokens of the inspector and of faults, kept while the tab lives. */
export interface Tokens {
  get(name: TokenName): string | undefined
  set(name: TokenName, token: string): void
  forget(name: TokenName): void
}

export type TokenName = 'inspect' | 'control'

const PREFIX = 'realtime-inspector-'

/** `#control=...` brings one along; it is taken out of the address, which people copy. */
export function createTokens(): Tokens {
  const given = new URLSearchParams(location.hash.slice(1))
  const tokens: Tokens = {
    get: (name) => sessionStorage.getItem(PREFIX + name) ?? undefined,
    set: (name, token) => sessionStorage.setItem(PREFIX + name, token),
    forget: (name) => sessionStorage.removeItem(PREFIX + name),
  }
  for (const name of ['inspect', 'control'] as const) {
    const token = given.get(name)
    if (token) tokens.set(name, token)
  }
  if (given.size > 0) history.replaceState(null, '', location.pathname + location.search)
  return tokens
}
