const SOURCE = '@org/source'

export const hooks = {
  /** `src` is not published, so the condition that leads there must not be either. */
  beforePacking(manifest) {
    for (const field of ['exports', 'imports'])
      if (manifest[field]) manifest[field] = withoutSource(manifest[field])
    return manifest
  },
}

function withoutSource(conditions) {
  if (typeof conditions !== 'object') return conditions
  const kept = Object.entries(conditions).filter(([name]) => name !== SOURCE)
  return Object.fromEntries(kept.map(([name, target]) => [name, withoutSource(target)]))
}
