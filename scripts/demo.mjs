/**
 * `npm run demo`: the reference server, and the examples from source before it. `npm run demo -- NAME` prints the
 * address of one, or runs it when it is a program. With `--cluster` two nodes stand behind them, which share a
 * redis-server of this demo alone. `PORT`, `SERVER_PORT`, `SECOND_PORT` and `MQTT_PORT` choose other ports.
 */
import { parseArgs } from 'node:util'
import { bootstrap } from './bootstrap.mjs'
import { findOthers, readPorts, toCommand, variables, withDefaults } from './demo-ports.mjs'
import { pages, programs } from './example-names.mjs'

const names = [...pages, ...programs]
// All that can be said without installing anything comes first.
const args = process.argv.slice(2)
const { name = 'home', isCluster, wantsHelp } = attempt(readArguments)
if (wantsHelp) {
  console.log(describeCommand())
  process.exit()
}
if (!names.includes(name)) fail(`There is no example "${name}". There are: ${names.join(', ')}`)
const chosen = attempt(() => readPorts(process.env))
await refuseBusy()

await bootstrap()
const { startDemo, startProgram } = await import('./demo-server.mjs')
const { startRedis } = await import('./start-redis.mjs')

const ports = withDefaults(chosen)
const redis = isCluster ? await startRedis().catch(({ message }) => fail(message)) : undefined
const second = redis && { port: ports.secondPort, redisPort: redis.port }
const demo = await startDemo({ ...ports, ...(second && { second }), watch: true }).catch(explain)
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

function readArguments() {
  const { values, positionals } = parseArgs({
    args,
    options: { cluster: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  })
  return { name: positionals[0], isCluster: values.cluster, wantsHelp: values.help }
}

function describeCommand() {
  const rows = [
    ['pages', pages.join(', ')],
    ['programs', programs.join(', ')],
    ['--cluster', 'two nodes of the server, which share a redis-server of this demo alone'],
    ...Object.entries(variables).map(([variable, what]) => [variable, `the port ${what}`]),
  ]
  return `npm run demo -- [page or program] [--cluster]

${rows.map(([word = '', what]) => `${word.padEnd(12)} ${what}`).join('\n')}

For example: ${toCommand({ PORT: 4174 }, ['gallery'])}`
}

/**
 * Ends with a command that works when a port is busy.
 * @param {number} [known] one that was found so
 */
async function refuseBusy(known) {
  const { busy, choice } = await findOthers(chosen, { isCluster, ...(known !== undefined && { known }) })
  if (busy.length === 0) return
  const what = busy.length > 1 ? `Ports ${busy.join(' and ')} are busy` : `Port ${busy} is busy`
  fail(`${what}. These are free: ${toCommand(choice, args)}`)
}

/**
 * @param {NodeJS.ErrnoException & { readonly variable?: import('./demo-ports.mjs').Variable }} error
 * @returns {Promise<never>}
 */
async function explain({ variable = 'PORT', code, message, cause }) {
  await redis?.close()
  const { port: PORT, serverPort: SERVER_PORT, secondPort: SECOND_PORT, mqttPort: MQTT_PORT } = ports
  // Somebody was faster.
  if (/EADDRINUSE|already in use|is busy/.test(`${code} ${message} ${cause}`))
    await refuseBusy({ PORT, SERVER_PORT, SECOND_PORT, MQTT_PORT }[variable])
  return fail(message)
}

/** @template T @param {() => T} read @returns {T} */
function attempt(read) {
  try {
    return read()
  } catch (error) {
    return fail(/** @type {Error} */ (error).message)
  }
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message)
  process.exit(1)
}
