import { readFileSync } from 'node:fs'
import { type Finding, warn } from './finding.ts'

type Json = Readonly<Record<string, unknown>>

const IGNORED = ['appId', 'appKey', 'appSecret']

/** What is wrong in a configuration of soketi, whose server takes such a file without a word. */
export function checkSoketi(path: string): readonly Finding[] {
  const config = read(path)
  if (!config) return []
  const ignored = IGNORED.filter((name) => name in config)
  const found: Finding[] = []
  if (ignored.length > 0)
    found.push(
      warn(
        `${path}: soketi ignores ${ignored.join(', ')}, and refuses the key with code 4001`,
        'There the app has to be in `appManager.array.apps`',
      ),
    )
  if (isObject(config['database']) && 'redis' in config['database'] && driverOf(config) !== 'redis')
    found.push(
      warn(
        `${path}: Redis is configured, but the adapter is ${driverOf(config)}, so soketi does not use it`,
        'There `adapter.driver` has to be `redis`',
      ),
    )
  const cors = config['cors']
  if (isObject(cors) && !('credentials' in cors))
    found.push(
      warn(
        `${path}: \`cors\` takes the place of all of soketi's, so \`cors.credentials\` is gone`,
        'There it has to be said again; here list the pages in `origins`',
      ),
    )
  if (isObject(cors) && cors['credentials'] === true && [cors['origin']].flat().includes('*'))
    found.push(
      warn(
        `${path}: \`cors\` has any origin with credentials, which browsers refuse`,
        'List the pages that may send cookies, there and here in `cors.origins`',
      ),
    )
  return found
}

function driverOf({ adapter }: Json): string {
  return isObject(adapter) && typeof adapter['driver'] === 'string' ? adapter['driver'] : 'local'
}

function read(path: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null
