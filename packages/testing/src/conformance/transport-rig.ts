import type { Frame, SessionEnd, Transport } from '@org/realtime-core/kit'
import { settled } from '../settled.ts'
import { assert } from './assert.ts'

/** One session as the far end sees it. */
export interface FarSession {
  /** What arrived from the client. Over a stream, in any portions. */
  readonly received: readonly Frame[]
  /** Set once the session is over at this end. */
  readonly over: { readonly code?: number; readonly reason?: string } | undefined
  send(frame: Frame): Done
  end(code: number, reason: string): Done
  /** Cuts the connection without a word. */
  drop(): Done
  /** Reads and answers nothing from here on, and stays open. */
  halfOpen(): Done
}

/** Resolves once it is done, for a far end in another process. */
type Done = void | Promise<void>

/** A transport under test and a real far end for it. */
export interface TransportRig {
  readonly transport: Transport
  readonly url: string
  /** An address that can never work. @default 'no address' */
  readonly malformedUrl?: string
  /** What it carries: `stream` is bytes without the borders of frames. @default 'frames' */
  readonly carries?: 'frames' | 'stream'
  /** Whether a code and a reason reach the other end. @default true, for a stream false */
  readonly hasCloseCodes?: boolean
  /** What the far end does with the next dials. It starts with `accept`, and picks the last subprotocol offered. */
  answer(how: 'accept' | 'refuse' | 'hang'): Done
  /** The sessions accepted so far, the oldest first. */
  readonly accepted: readonly FarSession[]
  stop(): Promise<void>
}

export type SessionLog = (
  | readonly ['open', string]
  | readonly ['frame', Frame]
  | readonly ['end', SessionEnd]
)[]

/** A session of the transport under test, with everything it reported. */
export interface NearSession {
  readonly log: SessionLog
  readonly bufferedBytes: number
  send(frame: Frame): void
  close(code?: number, reason?: string): void
  is(kind: 'open' | 'end'): boolean
}

/** Dials and notes every report; a report from inside a call into the transport fails the test at its end. */
export function createDialler({ transport, url }: TransportRig): { dial(): NearSession; verify(): void } {
  let calls = 0
  const faults: string[] = []
  const during = <T>(what: string, call: () => T): T => {
    calls++
    try {
      return call()
    } finally {
      calls--
      inside = what
    }
  }
  let inside = ''

  return {
    dial() {
      const log: SessionLog = []
      const note = (entry: SessionLog[number]): void => {
        if (calls) faults.push(`'${entry[0]}' was reported from inside a call, last ${inside}`)
        log.push(entry)
      }
      const session = during('transport()', () =>
        transport(
          { url, subprotocols: ['one', 'two'] },
          {
            open: (subprotocol) => note(['open', subprotocol]),
            frame: (frame) => note(['frame', typeof frame === 'string' ? frame : frame.slice()]),
            end: (end) => note(['end', end]),
          },
        ),
      )
      return {
        log,
        get bufferedBytes() {
          return session.bufferedBytes
        },
        send: (frame) => during('send()', () => session.send(frame)),
        close: (code, reason) => during('close()', () => session.close(code, reason)),
        is: (kind) => log.some(([entry]) => entry === kind),
      }
    },
    verify: () => assert(!faults.length, faults.join('; ')),
  }
}

/** Waits for the outside world, which has its own time. */
export async function eventually(condition: () => boolean, what: string, withinMs = 5000): Promise<void> {
  const giveUpAt = performance.now() + withinMs
  while (!condition()) {
    assert(performance.now() < giveUpAt, `Waited ${withinMs} ms in vain: ${what}`)
    await settled()
  }
}
