import type { TraceWriter } from './trace.ts'

declare const process: { readonly env: { readonly NODE_ENV?: string } }

/** What is left of an event name without namespace, prefix and case. */
const core = (event: string): string => event.replace(/^(client-|.*[.\\:])/, '').toLowerCase()

/**
 * Tells, once per pair and in development alone, when an event arrives that nobody listens to while
 * somebody listens to nearly the same name: a forgotten prefix is otherwise plain silence.
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
  return (channel, event, listened) => {
    for (const name of listened) {
      const pair = `${event} ${name}`
      if (core(name) !== core(event) || told.has(pair)) continue
      told.add(pair)
      trace({
        type: 'hint',
        message: `${channel} got ${event}, but only ${name} is listened to: did you mean ${event}?`,
      })
    }
  }
}
