/**
 * Programs from outside npm that some tests need. A test says so by its name: `x.browser.test.ts`,
 * `x.redis.test.ts`. Where the program is missing those files are left out and listed as not run.
 * Run by itself it prints the Debian packages that are missing here.
 */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { isMain } from './is-main.mjs'

/** @typedef {{ commands: readonly string[], beside?: readonly string[], variable: string, install: string }} Program */

/** @type {Program} */
const chromium = {
  commands: ['chromium', 'chromium-browser', 'google-chrome'],
  variable: 'CHROMIUM_PATH',
  install: 'chromium',
}

/** @type {Readonly<Record<string, Program>>} */
export const programs = {
  // Tests that run in a page, and tests in Node that drive one.
  browser: chromium,
  chromium,
  mosquitto: {
    commands: ['mosquitto'],
    beside: ['mosquitto_passwd', 'mosquitto_pub', 'mosquitto_sub'],
    variable: 'MOSQUITTO_PATH',
    install: 'mosquitto mosquitto-clients',
  },
  redis: { commands: ['redis-server'], variable: 'REDIS_SERVER_PATH', install: 'redis-server' },
}

/**
 * The path of a program of the table above, undefined when this machine has none.
 * @param {string} need
 */
export function findProgram(need) {
  const { commands = [], variable = '' } = programs[need] ?? {}
  const chosen = process.env[variable]
  if (chosen) return isExecutable(chosen) ? chosen : undefined
  return findCommand(commands)
}

/**
 * Whether the program is not there, or something that tests use beside it.
 * @param {string} need
 */
export function isMissing(need) {
  const { beside = [] } = programs[need] ?? {}
  return findProgram(need) === undefined || beside.some((command) => !findCommand([command]))
}

/** @param {readonly string[]} commands */
function findCommand(commands) {
  // Debian keeps servers in /usr/sbin, which is not on every user's PATH.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  return commands.flatMap((command) => folders.map((folder) => join(folder, command))).find(isExecutable)
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

if (isMain(import.meta.url)) {
  const missing = Object.keys(programs).filter(isMissing)
  console.log([...new Set(missing.map((need) => programs[need]?.install))].join(' '))
}
