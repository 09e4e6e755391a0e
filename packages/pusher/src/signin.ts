import {
  backoffDelay,
  type Clock,
  createStore,
  defaultBackoff,
  type RealtimeError,
  type Store,
} from '@org/realtime-core/kit'
import type { UserAuth, UserAuthAnswer } from './auth-options.ts'
import { judge } from './auth-reply.ts'
import { createAsk } from './auth-request.ts'
import { writeClientFrame } from './client-frame.ts'
import { fault } from './fault.ts'
import { decodeData } from './frame.ts'

/** Who this client is signed in as. */
export interface PusherUser {
  readonly id: string
  /** All that the server knows of it, `id` included. */
  readonly data: { readonly [field: string]: unknown }
}

/** What signing in needs of a link. */
export interface SigninLink {
  readonly socketId: string
  readonly clock: Clock
  isSignedIn: boolean
  send(frame: string): void
  /** Signed in; what waited for it may go on. */
  signedIn(): void
  error(error: RealtimeError): void
}

/** Signing in, which once wanted is done anew on every link. */
export interface Signin {
  readonly user: Store<PusherUser | undefined>
  /** Of the newest link. */
  readonly socketId: Store<string | undefined>
  signin(): Promise<PusherUser>
  up(link: SigninLink): void
  down(link: SigninLink): void
  succeeded(link: SigninLink, data: { readonly [field: string]: unknown }): void
  /** True when the server has refused to sign in with these words. */
  refused(link: SigninLink, message: string): boolean
  /** The connection is over: nobody is signed in, and whoever waits is told; the next one signs in again. */
  giveUp(error: RealtimeError): void
  /** Another identity: nothing of the old one is wanted. */
  forget(): void
}

interface Waiter {
  resolve(user: PusherUser): void
  reject(error: RealtimeError): void
}

const ANSWER_MS = 10_000

export function createSignin(options: UserAuth, report: (cause: unknown) => void): Signin {
  const { authenticate, endpoint = '/broadcasting/user-auth' } = options
  const ask = createAsk(options, endpoint, authenticate, () => [])
  const user = createStore<PusherUser | undefined>(undefined, report)
  const socketId = createStore<string | undefined>(undefined, report)
  let isWanted = false
  const waiters: Waiter[] = []
  /** The newest last: during a handover the older one may turn out to be the one that stays. */
  const links: SigninLink[] = []
  let known: unknown
  let failures = 0
  /** Who waits for the server's answer. */
  let asked: SigninLink | undefined
  /** Ends what is under way: a request, a wait for the server, a wait for the next try. */
  let cancel: (() => void) | undefined

  const stop = (): void => {
    cancel?.()
    cancel = asked = undefined
  }

  const start = async (): Promise<void> => {
    const own = links.at(-1)
    if (!own || !isWanted || own.isSignedIn || cancel) return
    const { clock } = own
    const controller = new AbortController()
    let isOver = false
    cancel = () => {
      isOver = true
      controller.abort()
    }
    const outcome = judge(await ask({}, own.socketId, controller, clock))
    if (isOver) return
    if ('answer' in outcome) {
      const { auth, user_data } = outcome.answer as UserAuthAnswer
      if (typeof user_data !== 'string') return fail('no user_data')
      asked = own
      own.send(writeClientFrame({ event: 'pusher:signin', data: { auth, user_data } }))
      cancel = clock.after(ANSWER_MS, () => {
        fail('no answer')
        again(ANSWER_MS, clock)
      })
    } else if (outcome.retry) {
      const { error, retry } = outcome
      own.error(error)
      again(
        retry === true ? backoffDelay(defaultBackoff, ++failures, () => clock.random()) : retry.afterMs,
        clock,
      )
    } else fail(outcome.error)
  }

  /** To begin with what the newest link is. */
  const restart = (): void => {
    stop()
    socketId.set(links.at(-1)?.socketId)
    start()
  }

  const again = (afterMs: number, clock: Clock): void => {
    cancel = clock.after(afterMs, () => {
      cancel = undefined
      start()
    })
  }

  /** Nobody is signed in, and whoever waits is told. */
  const fail = (cause: RealtimeError | string): void => {
    stop()
    user.set(undefined)
    const error = typeof cause === 'string' ? fault('auth.failed', {}, undefined, cause) : cause
    if (!waiters.length) links.at(-1)?.error(error)
    for (const { reject } of waiters.splice(0)) reject(error)
  }

  return {
    user,
    socketId,
    signin() {
      isWanted = true
      const signedIn = links.at(-1)?.isSignedIn && user.get()
      if (signedIn) return Promise.resolve(signedIn)
      const promise = new Promise<PusherUser>((resolve, reject) => waiters.push({ resolve, reject }))
      // A refusal that nobody awaits must not end the process.
      promise.catch(() => {})
      start()
      return promise
    },
    up(link) {
      links.push(link)
      failures = 0
      restart()
    },
    down(link) {
      const isNewest = link === links.at(-1)
      links.splice(links.indexOf(link), 1)
      // What is under way belongs to the newest.
      if (isNewest) restart()
    },
    succeeded(from, { user_data: text }) {
      if (from !== links.at(-1)) return
      const data: { readonly [field: string]: unknown } = Object(decodeData(text))
      const { id } = data
      if (typeof id !== 'string' || !id) return fail('no id')
      stop()
      from.isSignedIn = true
      const before = user.get()
      const now = before && known === text ? before : { id, data }
      known = text
      user.set(now)
      for (const { resolve } of waiters.splice(0)) resolve(now)
      from.signedIn()
    },
    refused(from, message) {
      if (from !== asked) return false
      fail(message)
      return true
    },
    giveUp: fail,
    forget() {
      isWanted = false
      fail('another identity')
    },
  }
}
