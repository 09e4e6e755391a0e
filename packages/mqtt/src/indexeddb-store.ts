import { defineStore, type KeptSession } from './session-store.ts'

const STORE = 'session'

/**
 * A session store in the browser's IndexedDB, under this name. It survives a reload and the end of the browser.
 * Two tabs must not share one: give each its own name, or let one tab alone connect.
 */
export function indexedDbStore(name: string): KeptSession {
  let opened: Promise<IDBDatabase> | undefined

  const open = (): Promise<IDBDatabase> => {
    opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(name, 1)
      request.onupgradeneeded = () => request.result.createObjectStore(STORE)
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
      request.onblocked = () => reject(new Error(`Database ${name} is blocked by another tab`))
    })
    return opened
  }

  /** Transactions of one store are carried out in the order of their creation. */
  const run = async (mode: 'readonly' | 'readwrite', use: (store: IDBObjectStore) => void): Promise<void> => {
    const database = await open()
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode)
      transaction.oncomplete = () => resolve()
      transaction.onabort = () => reject(transaction.error)
      use(transaction.objectStore(STORE))
    })
  }

  return defineStore({
    async load() {
      const all: (readonly [string, Uint8Array])[] = []
      await run('readonly', (store) => {
        const request = store.openCursor()
        request.onsuccess = () => {
          const cursor = request.result
          if (!cursor) return
          all.push([String(cursor.key), cursor.value as Uint8Array])
          cursor.continue()
        }
      })
      return all
    },
    put: (key, value) => run('readwrite', (store) => store.put(value, key)),
    delete: (key) => run('readwrite', (store) => store.delete(key)),
  })
}
