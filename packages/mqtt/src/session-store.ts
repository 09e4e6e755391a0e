import { createJournal } from './journal.ts'

/** Where a session outlives the process: what is to be published, and what is on its way. One store is one client's. */
export interface SessionStore {
  /** Everything that was put and not deleted. */
  load(): Promise<Iterable<readonly [key: string, value: Uint8Array]>>
  /** The value is not changed afterwards. Calls are carried out in their order. */
  put(key: string, value: Uint8Array): Promise<void>
  delete(key: string): Promise<void>
}

/** A store with all that it takes to keep a session in it, so that clients without one do not carry it. */
export interface KeptSession extends SessionStore {
  readonly journal: typeof createJournal
}

/** Makes an option of a store of your own. */
export const defineStore = (store: SessionStore): KeptSession => ({ ...store, journal: createJournal })

/** Keeps a session as long as the object lives: for tests, and to hand it from one client to the next. */
export function memoryStore(): KeptSession {
  const kept = new Map<string, Uint8Array>()
  return defineStore({
    load: async () => [...kept],
    async put(key, value) {
      kept.set(key, value.slice())
    },
    async delete(key) {
      kept.delete(key)
    },
  })
}
