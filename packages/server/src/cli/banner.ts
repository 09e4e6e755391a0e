import { describeConfig } from '../config/describe-config.ts'
import type { Config } from '../config/load-config.ts'
import type { Listening } from '../listener.ts'
import { type Place, toOutsideUrls } from './addresses.ts'

interface BannerNeeds {
  readonly places: readonly Place[]
  readonly listening: Listening
  readonly config: Config
  readonly version: string
}

/** Everything needed to connect, and the configuration, for people. */
export function banner({ places, listening, config: { settings, notes }, version }: BannerNeeds): string {
  const width = Math.max(...places.map(({ url, use }) => (use === undefined ? 0 : url.length)))
  const outside = toOutsideUrls(listening)
  return [
    '',
    `  @org/realtime-server ${version}, ${settings.get('mode')}, port ${listening.port}`,
    '',
    ...places.map(({ name, url, use = '' }) => `  ${name.padEnd(10)}${url.padEnd(width)}   ${use}`.trimEnd()),
    ...outside.map((url) => `  ${'outside'.padEnd(10)}${url}`),
    '',
    ...describeConfig(settings).map((line) => `  ${line}`),
    ...notes.map((note) => `\n  Note: ${note}.`),
    '',
    '  Ctrl-C ends it.',
    '',
    '',
  ].join('\n')
}
