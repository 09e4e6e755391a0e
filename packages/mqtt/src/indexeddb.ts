export { indexedDbStore } from './indexeddb-store.ts'
