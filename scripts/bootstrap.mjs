/**
 * Makes a fresh clone ready: the pinned pnpm, then a frozen install when the lockfile asks for one.
 * Plain Node, because nothing is installed yet when it runs.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isMain } from './is-main.mjs'

export const root = join(fileURLToPath(import.meta.url), '../..')

const OLDEST_NODE = [20, 19]
const LOCK_WAIT_MS = 10 * 60_000
const isWindows = process.platform === 'win32'
const cache = join(root, '.cache')
const lock = join(cache, 'bootstrap.lock')
const stamp = join(root, 'node_modules/.bootstrap')

/** Prepares the clone and puts its tools on `PATH`. Cheap when there is nothing to do. */
export async function bootstrap() {
  requireNode()
  mkdirSync(cache, { recursive: true })
  const version = readJson('package.json').packageManager.split('@')[1]
  const lockfile = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex')
  const wanted = `${version} ${lockfile}`
  const isReady = () =>
    existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && findPnpm(version) !== undefined
  if (!isReady()) await alone(() => isReady() || prepare(version, wanted))
  const paths = [join(root, 'node_modules/.bin'), findPnpm(version), process.env['PATH']]
  process.env['PATH'] = paths.filter(Boolean).join(delimiter)
  process.env['TURBO_TELEMETRY_DISABLED'] = '1'
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [oldest = 0, oldestMinor = 0] = OLDEST_NODE
  if (major > oldest || (major === oldest && minor >= oldestMinor)) return
  fail(`Node ${OLDEST_NODE.join('.')} or newer is needed; this is ${process.versions.node}.`)
}

/** @param {string} version @param {string} wanted */
function prepare(version, wanted) {
  if (findPnpm(version) === undefined) installPnpm(version)
  console.log(`Installing dependencies with pnpm ${version} …`)
  // Without a terminal pnpm asks nothing, and replaces a `node_modules` of another tool, only under CI.
  run(join(findPnpm(version) ?? '', 'pnpm'), ['install', '--frozen-lockfile'], { CI: 'true' })
  writeFileSync(stamp, wanted)
}

/** @param {string} version */
function installPnpm(version) {
  console.log(`Installing pnpm ${version} into .cache …`)
  mkdirSync(pnpmHome(version), { recursive: true })
  run('npm', [
    'install',
    '--prefix',
    pnpmHome(version),
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    `pnpm@${version}`,
  ])
}

/** @param {string} version */
function pnpmHome(version) {
  return join(cache, `pnpm-${version}`)
}

/**
 * The folder of the wanted pnpm: empty when it is the one on `PATH`, undefined when there is none.
 * @param {string} version
 */
function findPnpm(version) {
  const installed = join(pnpmHome(version), 'node_modules/.bin')
  if (existsSync(installed)) return installed
  // Inside the repository an older pnpm, or Corepack, would first download the pinned version.
  const env = { ...process.env, COREPACK_ENABLE_NETWORK: '0' }
  const { stdout } = spawnSync('pnpm', ['--version'], {
    cwd: tmpdir(),
    env,
    encoding: 'utf8',
    shell: isWindows,
  })
  return stdout?.trim() === version ? '' : undefined
}

/**
 * Two commands started together must not install into one folder at once.
 * @param {() => unknown} work
 */
async function alone(work) {
  const giveUpAt = Date.now() + LOCK_WAIT_MS
  while (!takeLock()) {
    if (Date.now() > giveUpAt) fail(`Another install holds ${lock}; remove that folder if none is running.`)
    await sleep(500)
  }
  process.once('exit', releaseLock)
  work()
  process.off('exit', releaseLock)
  releaseLock()
}

function takeLock() {
  try {
    mkdirSync(lock)
    writeFileSync(join(lock, 'pid'), `${process.pid}`)
    return true
  } catch {
    if (isOwnerGone()) releaseLock()
    return false
  }
}

function releaseLock() {
  rmSync(lock, { recursive: true, force: true })
}

function isOwnerGone() {
  try {
    process.kill(Number(readFileSync(join(lock, 'pid'), 'utf8')), 0)
    return false
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH'
  }
}

/** @param {string} command @param {string[]} args @param {Record<string, string>} [env] */
function run(command, args, env) {
  try {
    execFileSync(command, args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...env },
      shell: isWindows,
    })
  } catch (error) {
    fail(`"${command} ${args.join(' ')}" failed: ${/** @type {Error} */ (error).message}`)
  }
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'))
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(`\nbootstrap: ${message}`)
  process.exit(1)
}

if (isMain(import.meta.url)) await bootstrap()
