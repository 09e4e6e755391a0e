/** `npm run demo`: serves `examples/gallery` from source. `PORT` chooses another port. */
import { join } from 'node:path'
import { bootstrap, root } from './bootstrap.mjs'

await bootstrap()
// Not before: nothing may be installed yet.
const { createServer, defaultClientConditions } = await import('vite')

const port = Number(process.env['PORT'] ?? 4173)
if (!Number.isInteger(port) || port < 1 || port > 65_535)
  fail(`PORT must be a number from 1 to 65535, not "${process.env['PORT']}".`)

const server = await createServer({
  root: join(root, 'examples/gallery'),
  configFile: false,
  logLevel: 'warn',
  clearScreen: false,
  resolve: { conditions: ['@org/source', ...defaultClientConditions] },
  server: { host: '127.0.0.1', port, strictPort: true },
})
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, stop)
if (process.env['npm_lifecycle_event'] === 'demo') stopWithParent()
await server.listen().catch(explain)
console.log(`The gallery is at http://127.0.0.1:${port}/ (Ctrl-C ends it)`)

/** A signal to npm ends its shell, which does not pass it on. */
function stopWithParent() {
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && stop(), 500).unref()
}

async function stop() {
  await server.close()
  process.exit(0)
}

/** @param {NodeJS.ErrnoException} error */
function explain(error) {
  const isBusy = error.code === 'EADDRINUSE' || /already in use/.test(error.message)
  fail(isBusy ? `Port ${port} is busy. Choose another: PORT=${port + 1} npm run demo` : error.message)
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message)
  process.exit(1)
}
