import { describeConfig } from '../config/describe-config.ts'
import type { Config } from '../config/load-config.ts'
import type { Listening } from '../listener.ts'
import { toOutsideUrls, toPlaces } from './addresses.ts'

interface BannerNeeds {
  readonly listening: Listening
  readonly config: Config
  readonly version: string
}

/** Everything needed to connect, and the configuration, for people. */
export function banner({ listening, config: { settings, notes }, version }: BannerNeeds): string {
  const places = toPlaces(settings, listening)
  const width = Math.max(...places.map(({ url }) => url.length))
  const outside = toOutsideUrls(listening)
  return [
    '',
    `  @org/realtime-server ${version}, ${settings.get('mode')}, port ${listening.port}`,
    '',
    ...places.map(({ name, url, client = '' }) =>
      `  ${name.padEnd(10)}${url.padEnd(width)}   ${client}`.trimEnd(),
    ),
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
