/** Tells every change of a map from now on; a deletion has no value. */
export function watchMap<K, V>(map: Map<K, V>, changed: (key: K, value: V | undefined) => void): void {
  const { set, delete: remove } = map
  Object.assign(map, {
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

/** Tells every change of a set from now on. */
export function watchSet<T>(items: Set<T>, changed: (item: T, isThere: boolean) => void): void {
  const { add, delete: remove } = items
  Object.assign(items, {
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
