import type { TraceWriter } from './trace.ts'

declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

/** What is left of an event name without namespace, prefix and case. */
const core = (event: string): string => event.replace(/^(client-|.*[.\\:])/, '').toLowerCase()

/**
 * Tells, once per pair and in development alone, when an event arrives that nobody listens to while
 * somebody listens to nearly the same name: a forgotten prefix is otherwise plain silence.
 */
export function nearMiss(
  trace: TraceWriter,
): ((channel: string, event: string, listened: Iterable<string>) => void) | undefined {
  // In this form, as the first statement, esbuild drops what it guards from production builds.
  const isDevelopment = typeof process === 'undefined' ? false : process.env.NODE_ENV !== 'production'
  if (!isDevelopment) return undefined
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
