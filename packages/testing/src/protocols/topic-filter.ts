/** Whether a topic is one of those that a filter means: `+` is any one level, `#` any rest. */
export function matchesTopic(filter: string, topic: string): boolean {
  const levels = topic.split('/')
  const wanted = filter.split('/')
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return index === wanted.length - 1
    if (levels[index] === undefined || (level !== '+' && level !== levels[index])) return false
  }
  return levels.length === wanted.length
}

export const isFilter = (name: string): boolean => /(^|\/)[+#](\/|$)/.test(name)
