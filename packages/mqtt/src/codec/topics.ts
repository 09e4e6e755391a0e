const SHARED = /^\$share\/[^/+#]+\/(.+)$/s

/** A name of one topic: something, and no wildcard in it. */
export function isTopic(name: string): boolean {
  return typeof name === 'string' && name !== '' && !/[+#\0]/.test(name)
}

/** `#` stands alone at the end, `+` fills a level; a shared one has a name and a filter of its own. */
export function isFilter(name: string): boolean {
  const filter = name.startsWith('$share/') ? (SHARED.exec(name)?.[1] ?? '') : name
  return filter !== '' && !filter.includes('\0') && !/[^/][+#]|\+[^/]|#./s.test(filter)
}

export function isShared(filter: string): boolean {
  return filter.startsWith('$share/')
}

/** What a filter matches by: a shared one, what is shared. */
export function toMatched(filter: string): string {
  return SHARED.exec(filter)?.[1] ?? filter
}
