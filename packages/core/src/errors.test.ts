import { inspect } from 'node:util'
import { build } from 'esbuild'
import { expect, it } from 'vitest'
import type * as Errors from './errors.ts'

it('has its name in what Node prints, also from a bundle', async () => {
  const { outputFiles } = await build({
    entryPoints: [new URL('errors.ts', import.meta.url).pathname],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
  })
  const url = `data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`
  const { RealtimeError }: typeof Errors = await import(url)
  expect(inspect(new RealtimeError('channel.timeout', 'Late', { channel: 'a' }))).toMatch(
    /^RealtimeError: \[channel\.timeout\] Late/,
  )
  expect(RealtimeError.from(1, 'channel.timeout', 'Late', { channel: 'a' })).toMatchObject({ cause: 1 })
})
