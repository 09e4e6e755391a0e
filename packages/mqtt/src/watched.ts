/** A map that tells every change; a deletion has no value. */
export function watchedMap<K, V>(changed: (key: K, value: V | undefined) => void): Map<K, V> {
  const map = new Map<K, V>()
  const { set, delete: remove } = map
  return Object.assign(map, {
    set(key: K, value: V) {
      set.call(map, key, value)
      changed(key, value)
      return map
    },
    delete(key: K) {
      const had = remove.call(map, key)
      if (had) changed(key, undefined)
      return had
    },
    clear() {
      for (const key of [...map.keys()]) map.delete(key)
    },
  })
}

/** A set that tells every change. */
export function watchedSet<T>(changed: (item: T, isThere: boolean) => void): Set<T> {
  const items = new Set<T>()
  const { add, delete: remove } = items
  return Object.assign(items, {
    add(item: T) {
      add.call(items, item)
      changed(item, true)
      return items
    },
    delete(item: T) {
      const had = remove.call(items, item)
      if (had) changed(item, false)
      return had
    },
    clear() {
      for (const item of [...items]) items.delete(item)
    },
  })
}
