/**
 * `npm run demo`: the reference server, and the examples from source before it. `npm run demo -- NAME` prints the
 * address of one, or runs it when it is a program. With `--cluster` two nodes stand behind them, which share a
 * redis-server of this demo alone. `PORT`, `SERVER_PORT`, `SECOND_PORT` and `MQTT_PORT` choose other ports.
 */
import { parseArgs } from 'node:util'
import { bootstrap } from './bootstrap.mjs'

await bootstrap()
// Not before: nothing may be installed yet.
const { pages, programs, startDemo, startProgram } = await import('./demo-server.mjs')
const { startRedis } = await import('./start-redis.mjs')

const { name = 'home', isCluster } = readArguments()
const names = [...pages, ...programs]
if (!names.includes(name)) fail(`There is no example "${name}". There are: ${names.join(', ')}`)
const serverPort = toPort('SERVER_PORT', 6001)
const ports = {
  port: toPort('PORT', 4173),
  serverPort,
  secondPort: toPort('SECOND_PORT', serverPort + 1),
  mqttPort: toPort('MQTT_PORT', 1883),
}
const redis = isCluster ? await startRedis().catch(({ message }) => fail(message)) : undefined
const second = redis && { port: ports.secondPort, redisPort: redis.port }
const demo = await startDemo({ ...ports, ...(second && { second }) }).catch(explain)
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, stop)
if (process.env['npm_lifecycle_event'] === 'demo') stopWithParent()

const { backend } = demo
const page = pages.includes(name) && name !== 'home' ? `${name}/` : ''
console.log(`${page ? 'The example is at    ' : 'The examples are at  '} ${demo.url}${page} (Ctrl-C ends it)
${describeNodes()}
MQTT over TCP is at   ${backend.mqttUrl ?? `no port: ${ports.mqttPort} is busy`}
Its inspector is at   ${backend.inspectUrl} (token for faults: ${backend.control.token})
It took ${Math.ceil(performance.now() / 1000)} s, with all that had to be installed.`)
const program = programs.includes(name) ? await startProgram(name, backend) : undefined
program?.stdout.pipe(process.stdout)
program?.on('exit', (code) => console.log(`${name} has ended with ${code}`))

function describeNodes() {
  const [first, other] = backend.nodes
  if (!redis || !other) return `The server is at      ${first?.url}`
  return `Node 1 of 2 is at     ${first?.url}
Node 2 of 2 is at     ${other.url} (inspector: ${other.inspectUrl})
They share Redis at   redis://127.0.0.1:${redis.port}
Each page goes to the next node; ?node=1 and ?node=2 behind its address choose one.`
}

/** A signal to npm ends its shell, which does not pass it on. */
function stopWithParent() {
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && stop(), 500).unref()
}

async function stop() {
  if (program && program.exitCode === null) {
    const over = new Promise((resolve) => program.once('exit', resolve))
    program.kill('SIGTERM')
    await over
  }
  await demo.close()
  await redis?.close()
  process.exit(0)
}

/** @param {string} variable @param {number} fallback */
function toPort(variable, fallback) {
  const value = Number(process.env[variable] ?? fallback)
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    fail(`${variable} must be a number from 1 to 65535, not "${process.env[variable]}".`)
  return value
}

/** @returns {{ name?: string, isCluster: boolean }} */
function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      options: { cluster: { type: 'boolean', default: false } },
      allowPositionals: true,
    })
    const [name] = positionals
    return { ...(name !== undefined && { name }), isCluster: values.cluster }
  } catch (error) {
    return fail(/** @type {Error} */ (error).message)
  }
}

/** @typedef {import('./demo-server.mjs').Variable} Variable */
/** @param {NodeJS.ErrnoException & { readonly variable?: Variable }} error @returns {Promise<never>} */
async function explain({ variable = 'PORT', code, message, cause }) {
  await redis?.close()
  const busy = { PORT: ports.port, SERVER_PORT: ports.serverPort, SECOND_PORT: ports.secondPort }[variable]
  const isBusy = /EADDRINUSE|already in use|is busy/.test(`${code} ${message} ${cause}`)
  const command = `npm run demo${isCluster ? ' -- --cluster' : ''}`
  return fail(isBusy ? `Port ${busy} is busy. Choose another: ${variable}=${busy + 1} ${command}` : message)
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message)
  process.exit(1)
}
