import { countEdits } from './pattern.ts'
import type { TraceWriter } from './trace.ts'

declare const process: { readonly env: { readonly NODE_ENV?: string } }

/** Shorter names differ by as little and mean something else; those twice as long may have two slips. */
const SHORTEST_LIKE = 5
/** Names come from outside: what was found out about them must not pile up. */
const MOST_UNLIKE = 1000

/** What is left of an event name without namespace, prefix and case. */
const core = (event: string): string => event.replace(/^(client-|.*[.\\:])/, '').toLowerCase()

const withoutDigits = (name: string): string => name.replace(/\d/g, '')

/** Whether one is the other with a slip of the keyboard. A number or something put in front is meant. */
function isLike(one: string, other: string): boolean {
  const [short = '', long = ''] = [one, other].sort((a, b) => a.length - b.length)
  const most = Math.min(2, Math.floor(short.length / SHORTEST_LIKE))
  if (long.length - short.length > most || long.endsWith(short)) return false
  return withoutDigits(short) !== withoutDigits(long) && countEdits(short, long) <= most
}

/**
 * Tells, once per pair and in development alone, when an event arrives that nobody listens to while
 * somebody listens to nearly the same name: a forgotten prefix or letter is otherwise plain silence.
 */
export function nearMiss(trace: TraceWriter): Hint | undefined {
  try {
    // In this form bundlers find it, and esbuild drops what it guards from production builds.
    if (process.env.NODE_ENV !== 'production') return createHint(trace)
  } catch {
    // A page without a bundler has no `process`.
  }
  return undefined
}

type Hint = (channel: string, event: string, listened: Iterable<string>) => void

function createHint(trace: TraceWriter): Hint {
  const told = new Set<string>()
  const unlike = new Set<string>()
  return (channel, event, listened) => {
    for (const name of listened) {
      const pair = `${event} ${name}`
      if (told.has(pair) || unlike.has(pair)) continue
      const [listenedTo, arrived] = [core(name), core(event)]
      if (listenedTo !== arrived && !isLike(listenedTo, arrived)) {
        if (unlike.size >= MOST_UNLIKE) unlike.clear()
        unlike.add(pair)
        continue
      }
      told.add(pair)
      trace({
        type: 'hint',
        message: `${channel} got ${event}, but only ${name} is listened to: did you mean ${event}?`,
      })
    }
  }
}
