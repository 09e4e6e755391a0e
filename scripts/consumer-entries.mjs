import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execute } from './execute.mjs'

const SCOPE = '@org'
const LIMIT_MS = 20_000

/** Prints what cannot be loaded, as JSON. Its arguments are entries. */
const loader = /** @param {string} load */ (load) => `
const problems = []
const main = async () => {
  for (const entry of process.argv.slice(1)) {
    try { ${load} } catch ({ code, message }) { problems.push({ entry, code, message }) }
  }
  console.log(JSON.stringify(problems))
}
main()`

/**
 * Loads every entry of our packages that are installed in a project, both ways. An entry that needs an optional
 * peer, which an empty project does not have, must say so by not finding it.
 * @param {string} folder
 * @returns {Promise<string[]>} what is wrong
 */
export async function loadEntries(folder) {
  const packages = join(folder, 'node_modules', SCOPE)
  const manifests = readdirSync(packages).map((name) =>
    JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8')),
  )
  const entries = manifests.flatMap(({ name, exports }) =>
    Object.keys(exports)
      .filter((path) => path !== './package.json')
      .map((path) => name + path.slice(1)),
  )
  const peers = manifests
    .flatMap(({ peerDependencies = {} }) => Object.keys(peerDependencies))
    .filter((peer) => !existsSync(join(folder, 'node_modules', peer)))
  const ways = [
    ['--input-type=module', '-e', loader('await import(entry)')],
    ['--input-type=commonjs', '-e', loader('require(entry)')],
  ]
  const problems = ways.map(async (way) => {
    const printed = await execute('node', [...way, ...entries], { cwd: folder, limitMs: LIMIT_MS })
    return /** @type {{ entry: string, code?: string, message: string }[]} */ (JSON.parse(printed))
      .filter(({ code = '', message }) => !(isNotFound(code) && peers.some((peer) => names(message, peer))))
      .map(({ entry, message }) => `${entry}: ${message}`)
  })
  return (await Promise.all(problems)).flat()
}

/** @param {string} code */
const isNotFound = (code) => code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'

/** @param {string} message @param {string} peer */
const names = (message, peer) => message.includes(`'${peer}`)
