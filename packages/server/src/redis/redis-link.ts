import { randomInt } from 'node:crypto'
import type { StoreState } from '../adapter.ts'
import type { Clock } from '../clock.ts'
import { ServerError } from '../errors.ts'
import { describeRedis, type RedisSettings } from './redis-options.ts'
import { openSession, type RedisSession, type Reply, toAway } from './redis-session.ts'
import type { Script } from './script.ts'

export interface LinkEvents {
  /** Makes a session ready for others; when it rejects, it is of no use. */
  prepare(session: RedisSession): Promise<void>
  message(name: string, body: Buffer): void
  /** From now on calls are carried out. */
  up(session: RedisSession): void
  /** Called on every change, and first with what came of the first try. */
  changed(state: StoreState): void
}

type State =
  | { readonly name: 'idle' | 'over' }
  | { readonly name: 'opening'; session?: RedisSession }
  | { readonly name: 'up'; readonly session: RedisSession; readonly opened: State }
  | { readonly name: 'waiting'; readonly cancel: () => void }

const FIRST_MS = 100
const LONGEST_MS = 2000

/** Keeps a session with Redis, and opens the next one when it is over. */
export class RedisLink {
  readonly #settings: RedisSettings
  readonly #clock: Clock
  readonly #events: LinkEvents
  readonly #scripts: readonly Script[]
  #state: State = { name: 'idle' }
  #reason = 'it was not asked yet'
  #failures = 0
  #told: StoreState | undefined
  #first: Promise<void> | undefined

  constructor(settings: RedisSettings, scripts: readonly Script[], clock: Clock, events: LinkEvents) {
    this.#settings = settings
    this.#scripts = scripts
    this.#clock = clock
    this.#events = events
  }

  get session(): RedisSession | undefined {
    return this.#state.name === 'up' ? this.#state.session : undefined
  }

  /** Resolves when the first try is over, well or not. */
  start(): Promise<void> {
    this.#first ??= this.#open()
    return this.#first
  }

  call(script: Script, keys: readonly string[], args: readonly (string | Buffer | number)[]): Promise<Reply> {
    return this.session?.call(script, keys, args) ?? Promise.reject(toAway(this.#reason))
  }

  /** Ends the session, and opens another. */
  renew(reason: string): void {
    const state = this.#state
    if (state.name !== 'up') return
    state.session.end()
    this.#wait(reason)
  }

  close(): void {
    const state = this.#state
    this.#state = { name: 'over' }
    if (state.name === 'waiting') state.cancel()
    if (state.name === 'up' || state.name === 'opening') state.session?.end()
  }

  async #open(): Promise<void> {
    const state: State = { name: 'opening' }
    this.#state = state
    const isThis = (): boolean => this.#state === state
    try {
      const session = await openSession(this.#settings, this.#scripts, this.#clock, {
        message: this.#events.message,
        over: (reason) => this.#lost(state, reason),
      })
      if (!isThis()) return session.end()
      state.session = session
      await this.#events.prepare(session)
      if (!isThis()) return session.end()
      if (session.isOver) throw toAway('the connection is lost')
      this.#state = { name: 'up', session, opened: state }
      this.#failures = 0
      this.#events.up(session)
      this.#tell({ isAway: false, store: describeRedis(this.#settings) })
    } catch (error) {
      if (!isThis()) return
      state.session?.end()
      this.#wait(ServerError.is(error, 'store.away') ? error.details.reason : String(error))
    }
  }

  /** While it is being made ready, what is called on it fails. */
  #lost(opened: State, reason: string): void {
    const state = this.#state
    if (state.name === 'up' && state.opened === opened) this.#wait(reason)
  }

  #wait(reason: string): void {
    this.#reason = reason
    const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#failures++)
    const delayMs = randomInt(Math.ceil(longest / 2), longest + 1)
    this.#state = { name: 'waiting', cancel: this.#clock.after(delayMs, () => void this.#open()) }
    this.#tell({ isAway: true, store: describeRedis(this.#settings), reason: this.#reason })
  }

  #tell(state: StoreState): void {
    if (this.#told?.isAway === state.isAway) return
    this.#told = state
    this.#events.changed(state)
  }
}
