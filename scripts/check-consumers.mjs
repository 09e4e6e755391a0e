/**
 * Uses the packages as strangers do: copies each project of `examples/consumers` out of the repository, installs
 * the tarballs of `npm run packages` there by plain npm, builds it, and runs it against a reference server that
 * comes out of its tarball too. Fails on a second copy of core. `examples/consumers/README.md` says what a project
 * must look like.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bootstrap, root } from './bootstrap.mjs'
import { findBundled, findInstalled } from './consumer-copies.mjs'
import { loadEntries } from './consumer-entries.mjs'
import { execute } from './execute.mjs'
import { isMissing } from './programs.mjs'

/** @typedef {{ page: string, protocol: 'http:' | 'file:' }} Opened */
/** @typedef {{ name: string, folder: string, scripts: Record<string, string>, ours: string[], opened?: Opened }} Consumer */

const SCOPE = '@org/realtime-'
const CORE = `${SCOPE}core`
const SAYS = 'acknowledged, heard hi'
const LIMIT_MS = 120_000
const RUN_LIMIT_MS = 20_000
const sources = join(root, 'examples/consumers')
const tarballs = join(root, '.cache/tarballs')

await bootstrap()
/** The names of packages, without scope. */
const packed = existsSync(tarballs) ? readdirSync(tarballs).map((name) => name.replace('.tgz', '')) : []
if (packed.length === 0) throw new Error('There are no tarballs: run `npm run packages` first')

const outside = mkdtempSync(join(tmpdir(), 'realtime-consumers-'))
try {
  const consumers = readdirSync(sources, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => copy(name))
  const unused = packed.filter((name) => !consumers.some(({ ours }) => ours.includes(name)))
  for (const name of unused) console.error(`No project of examples/consumers depends on ${SCOPE}${name}`)
  const isGood = (await report('builds', consumers, prepare)) && (await runAll(consumers)) && !unused.length
  const mustBeWhole = process.env['REQUIRE_ALL'] === '1'
  process.exitCode = isGood && !(mustBeWhole && isMissing('browser')) ? 0 : 1
} finally {
  rmSync(outside, { recursive: true, force: true })
}

/** @param {string} name @returns {Consumer} */
function copy(name) {
  const folder = join(outside, name)
  cpSync(join(sources, name), folder, { recursive: true })
  const { scripts = {}, consumer, dependencies } = readManifest(folder)
  return { name, folder, scripts, ours: withTheirs(dependencies), ...(consumer && { opened: consumer }) }
}

/** @param {string} folder */
function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

/**
 * Which of our packages these are, with those that they depend on: no registry has them yet.
 * @param {Record<string, string>} [dependencies]
 * @returns {string[]}
 */
function withTheirs(dependencies = {}) {
  const ours = Object.keys(dependencies)
    .filter((name) => name.startsWith(SCOPE))
    .map((name) => name.slice(SCOPE.length))
  const theirs = ours.flatMap((name) => withTheirs(readManifest(join(root, 'packages', name)).dependencies))
  return [...new Set([...ours, ...theirs])]
}

/**
 * Does one thing with all of them at once, and says how it went.
 * @param {string} what @param {readonly Consumer[]} consumers @param {(consumer: Consumer) => Promise<void>} work
 */
async function report(what, consumers, work) {
  const results = await Promise.allSettled(consumers.map(work))
  for (const [index, result] of results.entries()) {
    const isOk = result.status === 'fulfilled'
    console.log(`${isOk ? 'ok    ' : 'FAILED'} ${consumers[index]?.name} ${what}`)
    if (!isOk) console.error(result.reason instanceof Error ? result.reason.message : result.reason)
  }
  return results.every(({ status }) => status === 'fulfilled')
}

/** @param {Consumer} consumer */
async function prepare({ folder, scripts, ours }) {
  const at = { cwd: folder, limitMs: LIMIT_MS, env: { npm_config_loglevel: 'error' } }
  const files = ours.map((name) => join(tarballs, `${name}.tgz`))
  await execute('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', ...files], at)
  expectOne('installed', findInstalled(folder, CORE))
  if (scripts['build']) await execute('npm', ['run', 'build'], at)
}

/** @param {readonly Consumer[]} consumers */
async function runAll(consumers) {
  const { url, close } = await startServer(
    consumers.find(({ ours }) => ours.includes('server'))?.folder ?? '',
  )
  const pages = isMissing('browser') ? [] : consumers.filter(({ opened }) => opened)
  const programs = consumers.filter(({ scripts }) => scripts['start'])
  for (const consumer of consumers)
    if (consumer.opened && !pages.length)
      console.log(`Not run: ${consumer.name}, because there is no Chromium`)
  const browser = pages.length ? await (await import('./consumer-pages.mjs')).openBrowser() : undefined
  try {
    return await report('connects', [...programs, ...pages], async ({ folder, scripts, opened }) => {
      if (opened && browser) {
        const { page: file, protocol } = opened
        await browser.read({ file: join(folder, file), protocol }, `url=${encodeURIComponent(url)}`, SAYS)
        const bundled = findBundled(join(folder, 'dist'), CORE)
        if (protocol === 'http:') expectOne('bundled', bundled)
        return
      }
      const env = { REALTIME_URL: url }
      // Not by `npm start`, which does not hand on the signal that ends what takes too long.
      const [command = '', ...args] = scripts['start']?.split(' ') ?? []
      const printed = await execute(command, args, { cwd: folder, env, limitMs: RUN_LIMIT_MS })
      if (!printed.includes(SAYS)) throw new Error(`It printed ${printed}`)
      const problems = await loadEntries(folder)
      if (problems.length) throw new Error(problems.join('\n'))
    })
  } finally {
    await browser?.close()
    await close()
  }
}

/**
 * Starts the server that is installed in a project.
 * @param {string} folder
 */
async function startServer(folder) {
  const entry = join(folder, 'node_modules/@org/realtime-server/dist/index.js')
  const { createServer } = await import(pathToFileURL(entry).href)
  // A page of a file has the origin `null`.
  const server = createServer({ mode: 'development', port: 0, origins: 'any' })
  const { port } = await server.listen()
  return { url: `ws://127.0.0.1:${port}/raw`, close: () => server.close() }
}

/** @param {string} how @param {readonly string[]} copies */
function expectOne(how, copies) {
  if (copies.length !== 1) throw new Error(`Core must be ${how} once, and is so at: ${copies.join(', ')}`)
}
