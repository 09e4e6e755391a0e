import type { Settings } from '../../config/settings.ts'
import { type Finding, warn } from './finding.ts'

type Env = Readonly<Record<string, string>>

/** What makes a variable one that a page is built with. */
const PREFIXES = ['VITE_', 'MIX_', 'REACT_APP_', 'VUE_APP_', 'NEXT_PUBLIC_']
const COPIED = ['HOST', 'PORT', 'SCHEME'] as const

/** Pages are built with copies of the variables of one server, under names that no two guides agree on. */
export function checkPages(env: Env, name: string, settings: Settings): readonly Finding[] {
  const prefixes = PREFIXES.filter((prefix) =>
    Object.keys(env).some((each) => each.startsWith(`${prefix}${name}_`)),
  )
  return [
    ...checkKeys(env, name),
    ...prefixes.flatMap((prefix) => [
      ...COPIED.flatMap((what) => checkCopy(env, prefix, `${name}_${what}`)),
      ...checkPlace(env, prefix, name, settings),
    ]),
  ]
}

function checkKeys(env: Env, name: string): readonly Finding[] {
  const key = env[`${name}_APP_KEY`]
  const copies = Object.entries(env).filter(
    ([copy]) =>
      PREFIXES.some((prefix) => copy.startsWith(prefix)) && copy.includes(name) && copy.endsWith('KEY'),
  )
  const found = copies
    .filter(([, value]) => value !== key)
    .map(([copy]) =>
      warn(`.env: ${copy} is not the value of ${name}_APP_KEY`, `Write ${copy}="\${${name}_APP_KEY}"`),
    )
  if (copies.length > 1)
    found.push(
      warn(
        `.env: the key has ${copies.length} names for pages: ${copies.map(([copy]) => copy).join(', ')}`,
        'Keep the one that the code of the page reads, and take the others out',
      ),
    )
  return found
}

function checkCopy(env: Env, prefix: string, original: string): readonly Finding[] {
  const [copy, value] = [env[prefix + original], env[original]]
  if (copy === undefined || value === undefined || copy === value) return []
  return [
    warn(
      `.env: ${prefix}${original} is ${copy}, and ${original} is ${value}`,
      `Write ${prefix}${original}="\${${original}}", unless pages go through a proxy and Laravel does not`,
    ),
  ]
}

/** Where pages go by what they are built with alone. */
function checkPlace(env: Env, prefix: string, name: string, settings: Settings): readonly Finding[] {
  const of = (what: string): string | undefined => env[`${prefix}${name}_${what}`]
  const own = `${settings.get('port')}`
  const found: Finding[] = []
  if (name === 'PUSHER' && of('APP_KEY') !== undefined && of('HOST') === undefined)
    found.push(
      warn(
        `.env: without ${prefix}PUSHER_HOST pages go to Pusher's own servers`,
        `Write ${prefix}PUSHER_HOST="\${PUSHER_HOST}", and give it to Echo as wsHost; a cluster is not needed then`,
      ),
    )
  const isAlone = env[`${name}_PORT`] === undefined && of('SCHEME') !== 'https'
  if (isAlone && of('PORT') !== undefined && of('PORT') !== own)
    found.push(
      warn(
        `.env: ${prefix}${name}_PORT is ${of('PORT')}, and this server's is ${own}`,
        `Set ${prefix}${name}_PORT=${own}, or start with --port=${of('PORT')}`,
      ),
    )
  return found
}
