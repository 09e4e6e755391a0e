import type { ServerOptions } from '../options.ts'
import { type ConfigSources, loadConfig } from './load-config.ts'
import { toLogOptions, toServerOptions } from './to-server-options.ts'

/**
 * The options of `createServer` from file, environment and flags, of which the later ones win: those that the
 * command has, for a server with functions of its own besides.
 * @throws ServerError `config.invalid` that lists every mistake with its source and what to do
 * @example
 * const options = loadOptions({ args: process.argv.slice(2) })
 * const server = createServer({ ...options, authenticate: (token) => users.get(token) })
 */
export function loadOptions(sources: ConfigSources = {}): ServerOptions {
  const { settings } = loadConfig(sources, { by: 'library' })
  return { ...toServerOptions(settings), log: toLogOptions(settings) }
}
