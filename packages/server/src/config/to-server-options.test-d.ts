import { expectTypeOf, it } from 'vitest'
import type { ServerOptions } from '../options.ts'
import type { Configurable } from './to-server-options.ts'

/** What only a program can give. */
type OfPrograms = 'direct' | 'endpoints' | 'routes' | 'clock'

it('has every option in the configuration that is no function', () => {
  expectTypeOf<Exclude<keyof ServerOptions, Configurable | OfPrograms>>().toBeNever()
})
