import type { ChannelStatus, Receipt, StatusSnapshot, Store } from '@org/realtime-core'
import { type Frame, RealtimeError } from '@org/realtime-core/kit'
import type { ReceivedPublish } from './protocols/test-server.ts'
import { settled } from './settled.ts'

/** What a matcher tells its runner; the shape that vitest and jest share. */
export interface Verdict {
  readonly pass: boolean
  readonly message: () => string
}

interface MatcherContext {
  readonly equals: (a: unknown, b: unknown) => boolean
}

interface Sender {
  readonly sent: readonly Frame[]
}
interface Dialled {
  readonly sessions: readonly Sender[]
}
interface Receiver {
  readonly received: readonly ReceivedPublish[]
}

/** Frame text, text that fits, bytes, or an object whose fields the frame's JSON has. */
export type ExpectedFrame = string | RegExp | Uint8Array | object

/**
 * Matchers for `expect.extend`. With vitest, import `@org/realtime-testing/vitest` instead: it registers them
 * and their types.
 */
export const realtimeMatchers = {
  /** The client sent such a frame, over this session, or over any of this transport. */
  toHaveSent(this: MatcherContext, actual: Sender | Dialled, expected: ExpectedFrame): Verdict {
    const peers = 'sessions' in actual ? actual.sessions : [actual]
    const sent = peers.flatMap((peer) => peer.sent)
    return verdict(
      sent.some((frame) => isFrame(this, frame, expected)),
      `a frame like ${show(expected)} to be sent`,
      `the client sent${list(sent)}`,
    )
  },

  /** The client's status is `connected`. */
  toBeConnected(this: MatcherContext, actual: { readonly status: Store<StatusSnapshot> }): Verdict {
    const { status, lastError } = actual.status.get()
    const why = lastError ? `, because of ${lastError.message}` : ''
    return verdict(status === 'connected', 'the client to be connected', `it is ${status}${why}`)
  },

  /** The channel is joined; with an argument, with that continuity. */
  toBeJoined(
    this: MatcherContext,
    actual: { readonly status: Store<ChannelStatus> },
    continuity?: string,
  ): Verdict {
    const status = actual.status.get()
    const pass = status.state === 'joined' && (continuity === undefined || status.continuity === continuity)
    const details = status.state === 'joined' ? ` (${status.continuity})` : ''
    const why = status.state === 'rejected' ? `, because of ${status.error.message}` : ''
    const wanted = continuity === undefined ? '' : ` (${continuity})`
    return verdict(pass, `the channel to be joined${wanted}`, `it is ${status.state}${details}${why}`)
  },

  /** The simulated server got such a publish, whatever its payload when none is given. */
  toHaveReceived(
    this: MatcherContext,
    actual: Receiver,
    channel: string,
    event: string,
    ...payload: unknown[]
  ): Verdict {
    const pass = actual.received.some(
      (publish) =>
        publish.channel === channel &&
        publish.event === event &&
        (!payload.length || this.equals(publish.payload, payload[0])),
    )
    const received = actual.received.map(
      (publish) => `${publish.event} to ${publish.channel}: ${show(publish.payload)}`,
    )
    const wanted = payload.length ? ` with ${show(payload[0])}` : ''
    return verdict(pass, `${event} to ${channel}${wanted} to arrive`, `the server got${list(received)}`)
  },

  /**
   * The publish has ended in this way, without any more time: `sent`, `acknowledged`, `unknown`, `dropped`, a
   * reason to drop it, or the code of the error that refused it.
   */
  async toSettle(this: MatcherContext, actual: PromiseLike<Receipt>, outcome?: string): Promise<Verdict> {
    let settlement = 'pending'
    let words: readonly string[] = []
    actual.then(
      (receipt) => {
        words = receipt.outcome === 'dropped' ? ['dropped', receipt.error.details.reason] : [receipt.outcome]
        settlement = words.join(': ')
      },
      (error: unknown) => {
        settlement = RealtimeError.is(error) ? error.code : String(error)
        words = [settlement]
      },
    )
    await settled()
    const pass = outcome === undefined ? settlement !== 'pending' : words.includes(outcome)
    return verdict(
      pass,
      `the publish to settle${outcome === undefined ? '' : ` as ${outcome}`}`,
      `it is ${settlement}`,
    )
  },
}

const verdict = (pass: boolean, expected: string, actual: string): Verdict => ({
  pass,
  message: () => `expected ${pass ? 'not ' : ''}${expected}, but ${actual}`,
})

function isFrame({ equals }: MatcherContext, frame: Frame, expected: ExpectedFrame): boolean {
  if (expected instanceof RegExp) return typeof frame === 'string' && expected.test(frame)
  if (typeof expected === 'string' || expected instanceof Uint8Array) return equals(frame, expected)
  const json = typeof frame === 'string' ? parse(frame) : undefined
  if (typeof json !== 'object' || json === null) return false
  return Object.entries(expected).every(([key, value]) =>
    equals((json as Record<string, unknown>)[key], value),
  )
}

function parse(frame: string): unknown {
  try {
    return JSON.parse(frame)
  } catch {
    return undefined
  }
}

const show = (value: unknown): string => {
  if (value instanceof RegExp) return String(value)
  if (value instanceof Uint8Array) return `bytes [${value.join(' ')}]`
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined')
}

const list = (values: readonly unknown[]): string =>
  values.length ? `:\n${values.map((value) => `- ${show(value)}`).join('\n')}` : ' nothing'
