/**
 * `npm run demo`: the reference server, and the examples from source before it. `npm run demo -- NAME` prints the
 * address of one, or runs it when it is a program. `PORT`, `SERVER_PORT` and `MQTT_PORT` choose other ports.
 */
import { bootstrap } from './bootstrap.mjs'

await bootstrap()
// Not before: nothing may be installed yet.
const { pages, programs, startDemo, startProgram } = await import('./demo-server.mjs')

const [name = 'home'] = process.argv.slice(2)
const names = [...pages, ...programs]
if (!names.includes(name)) fail(`There is no example "${name}". There are: ${names.join(', ')}`)
const ports = {
  port: toPort('PORT', 4173),
  serverPort: toPort('SERVER_PORT', 6001),
  mqttPort: toPort('MQTT_PORT', 1883),
}
const demo = await startDemo(ports).catch(explain)
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, stop)
if (process.env['npm_lifecycle_event'] === 'demo') stopWithParent()

const { backend } = demo
const page = pages.includes(name) && name !== 'home' ? `${name}/` : ''
console.log(`${page ? 'The example is at    ' : 'The examples are at  '} ${demo.url}${page} (Ctrl-C ends it)
The server is at      ${backend.url}
MQTT over TCP is at   ${backend.mqttUrl ?? `no port: ${ports.mqttPort} is busy`}
Its inspector is at   ${backend.inspectUrl} (token for faults: ${backend.control.token})
It took ${Math.ceil(performance.now() / 1000)} s, with all that had to be installed.`)
const program = programs.includes(name) ? await startProgram(name, backend) : undefined
program?.stdout.pipe(process.stdout)
program?.on('exit', (code) => console.log(`${name} has ended with ${code}`))

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
  process.exit(0)
}

/** @param {string} variable @param {number} fallback */
function toPort(variable, fallback) {
  const value = Number(process.env[variable] ?? fallback)
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    fail(`${variable} must be a number from 1 to 65535, not "${process.env[variable]}".`)
  return value
}

/** @param {NodeJS.ErrnoException & { readonly variable?: 'PORT' | 'SERVER_PORT' }} error @returns {never} */
function explain({ variable = 'PORT', code, message, cause }) {
  const busy = variable === 'PORT' ? ports.port : ports.serverPort
  const isBusy = /EADDRINUSE|already in use|is busy/.test(`${code} ${message} ${cause}`)
  fail(isBusy ? `Port ${busy} is busy. Choose another: ${variable}=${busy + 1} npm run demo` : message)
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message)
  process.exit(1)
}
