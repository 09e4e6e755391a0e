/**
 * `npm run chaos`: ten minutes in which nodes and Redis are killed at random while messages flow. `CHAOS_MS` makes
 * it shorter or longer, `CHAOS_SEED` repeats what a run has printed.
 */
process.env['CHAOS_MS'] ??= '600000'
process.argv.push('chaos.redis')
await import('./test.mjs')
