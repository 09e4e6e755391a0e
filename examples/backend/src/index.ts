export type { Address, Backend, CreateBackend, World } from './create-backend.ts'
export { type BackendOptions, type RunningBackend, startBackend } from './start-backend.ts'
