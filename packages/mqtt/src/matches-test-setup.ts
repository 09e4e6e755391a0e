/** Whether a filter means a topic, level by level: slow, and by other means than the trie. */
export function matches(filter: string, topic: string): boolean {
  const shared = /^\$share\/[^/]+\/(.*)$/s.exec(filter)
  const wanted = (shared?.[1] ?? filter).split('/')
  const levels = topic.split('/')
  if (topic.startsWith('$') && /^[+#]/.test(wanted[0] ?? '')) return false
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true
    if (levels[index] === undefined || (level !== '+' && level !== levels[index])) return false
  }
  return levels.length === wanted.length
}
