/** The ports of `npm run demo`, and which others would do where these are busy. */
import { once } from 'node:events'
import { createServer } from 'node:net'

/** @typedef {'PORT' | 'SERVER_PORT' | 'SECOND_PORT' | 'MQTT_PORT'} Variable */
/** @typedef {Partial<Record<Variable, number>>} Ports those that somebody has chosen */

/** What each is for, in the order in which commands name them. */
export const variables = /** @type {const} */ ({
  PORT: 'of the pages, else 4173',
  SERVER_PORT: 'of their server, else 6001',
  SECOND_PORT: 'of the second node with --cluster, else the one behind SERVER_PORT',
  MQTT_PORT: 'of MQTT over TCP, else 1883; without MQTT when that is busy',
})
const names = /** @type {Variable[]} */ (Object.keys(variables))

/**
 * Throws for what is no port.
 * @param {Readonly<Record<string, string | undefined>>} env @returns {Ports}
 */
export function readPorts(env) {
  const given = names.filter((name) => env[name] !== undefined)
  return Object.fromEntries(given.map((name) => [name, toPort(name, env[name])]))
}

/** @param {Variable} name @param {string | undefined} text */
function toPort(name, text) {
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new Error(`${name} must be a number from 1 to 65535, not "${text}".`)
}

/** @param {Ports} chosen */
export function withDefaults({ PORT = 4173, SERVER_PORT = 6001, SECOND_PORT, MQTT_PORT = 1883 }) {
  return {
    port: PORT,
    serverPort: SERVER_PORT,
    secondPort: SECOND_PORT ?? SERVER_PORT + 1,
    mqttPort: MQTT_PORT,
  }
}

/**
 * All that are busy, and a choice that works instead. Looks at every port, so that nobody has to ask twice.
 * @param {Ports} chosen @param {{ isCluster: boolean, known?: number }} options `known` is busy whatever is found
 * @returns {Promise<{ busy: readonly number[], choice: Ports }>}
 */
export async function findOthers(chosen, { isCluster, known }) {
  const taken = new Set([known])
  /** @type {Set<number>} */
  const busy = new Set()
  const choice = { ...chosen }
  /** @type {[Variable, 'port' | 'serverPort' | 'secondPort'][]} */
  const wanted = [
    ['PORT', 'port'],
    ['SERVER_PORT', 'serverPort'],
    ...(isCluster ? [/** @type {[Variable, 'secondPort']} */ (['SECOND_PORT', 'secondPort'])] : []),
  ]
  for (const [name, key] of wanted) {
    const first = withDefaults(choice)[key]
    let port = first
    while (taken.has(port) || !(await isFree(port, '127.0.0.1'))) port = port < 65_535 ? port + 1 : 1024
    if (port !== first) {
      busy.add(first)
      choice[name] = port
    }
    taken.add(port)
  }
  return { busy: [...busy], choice }
}

/** @param {number} port @param {string} [host] every address of this machine, unless it is said */
export async function isFree(port, host) {
  const server = createServer()
  try {
    await once(server.listen(port, host), 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}

/**
 * What to type for it.
 * @param {Ports} choice @param {readonly string[]} args
 */
export function toCommand(choice, args) {
  const set = names.filter((name) => choice[name] !== undefined).map((name) => `${name}=${choice[name]}`)
  return [...set, 'npm run demo', ...(args.length ? ['--', ...args] : [])].join(' ')
}
