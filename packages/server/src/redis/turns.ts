/** Calls about one key, each after the one before it was answered; those about others go on meanwhile. */
export function createTurns(): <T>(key: string, call: () => Promise<T>) => Promise<T> {
  const tails = new Map<string, Promise<unknown>>()
  return (key, call) => {
    const before = tails.get(key)
    const result = before ? before.then(call, call) : call()
    tails.set(key, result)
    const done = (): void => {
      if (tails.get(key) === result) tails.delete(key)
    }
    result.then(done, done)
    return result
  }
}
