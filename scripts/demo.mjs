/**
 * `npm run demo`: the reference server, and the gallery from source before it. `PORT` and `SERVER_PORT` choose
 * other ports.
 */
import { join } from 'node:path'
import { bootstrap, root } from './bootstrap.mjs'

await bootstrap()
// Not before: nothing may be installed yet.
const { createServer, defaultClientConditions, defaultServerConditions } = await import('vite')

const port = toPort('PORT', 4173)
const serverPort = toPort('SERVER_PORT', 6001)
const gallery = join(root, 'examples/gallery')
/** @type {import('../examples/gallery/src/far-end-node.ts').FarEnd | undefined} */
let farEnd

const server = await createServer({
  root: gallery,
  configFile: false,
  logLevel: 'warn',
  clearScreen: false,
  resolve: { conditions: ['@org/source', ...defaultClientConditions] },
  ssr: { resolve: { conditions: ['@org/source', ...defaultServerConditions] } },
  server: { host: '127.0.0.1', port, strictPort: true },
  plugins: [
    {
      name: 'demo-address',
      configureServer({ middlewares }) {
        middlewares.use('/demo.json', (_request, response) => {
          response.setHeader('Content-Type', 'application/json')
          response.end(JSON.stringify(farEnd))
        })
      },
    },
  ],
})
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, stop)
if (process.env['npm_lifecycle_event'] === 'demo') stopWithParent()
await server.listen().catch((error) => explain(error, 'PORT', port))
farEnd = await startFarEnd().catch((error) => explain(error, 'SERVER_PORT', serverPort))
console.log(`The gallery is at   http://127.0.0.1:${port}/ (Ctrl-C ends it)
The server is at    ${farEnd?.url}
Its inspector is at ${farEnd?.inspectUrl} (token for faults: ${farEnd?.control.token})`)

/** Built as it is loaded, so that the demo shows what the sources are now. */
async function startFarEnd() {
  const { runner } = /** @type {import('vite').RunnableDevEnvironment} */ (server.environments['ssr'])
  const { startFarEnd } = await runner.import(join(gallery, 'src/far-end-node.ts'))
  return startFarEnd({ port: serverPort, origins: [`http://127.0.0.1:${port}`, `http://localhost:${port}`] })
}

/** A signal to npm ends its shell, which does not pass it on. */
function stopWithParent() {
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && stop(), 500).unref()
}

async function stop() {
  await farEnd?.close()
  await server.close()
  process.exit(0)
}

/** @param {string} variable @param {number} fallback */
function toPort(variable, fallback) {
  const value = Number(process.env[variable] ?? fallback)
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    fail(`${variable} must be a number from 1 to 65535, not "${process.env[variable]}".`)
  return value
}

/** @param {NodeJS.ErrnoException} error @param {string} variable @param {number} busy */
async function explain(error, variable, busy) {
  await server.close()
  const isBusy = /EADDRINUSE|already in use|is busy/.test(`${error.code} ${error.message} ${error.cause}`)
  fail(isBusy ? `Port ${busy} is busy. Choose another: ${variable}=${busy + 1} npm run demo` : error.message)
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message)
  process.exit(1)
}
