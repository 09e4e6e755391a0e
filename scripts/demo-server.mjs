/** The examples before their server: what `npm run demo` and the tests of the examples start. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { build } from 'esbuild'
import { createServer, defaultClientConditions, defaultServerConditions } from 'vite'
import { root } from './bootstrap.mjs'
import { folder } from './example-names.mjs'

const backends = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'src/backend.ts')))

/**
 * Starts a program beside the server, from source.
 * @param {string} name @param {import('../examples/backend/src/index.ts').Address} address
 */
export async function startProgram(name, { host, mqttUrl }) {
  const outfile = join(folder, name, 'node_modules/.cache/main.mjs')
  await build({
    entryPoints: [join(folder, name, 'src/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['pusher'],
    // What is no module finds those of Node by it.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
    },
    conditions: ['@org/source', 'node'],
  })
  const env = { ...process.env, PUSHER_HOST: host, MQTT_URL: mqttUrl ?? `ws://${host}/mqtt` }
  return spawn(process.execPath, [outfile], { env, stdio: ['ignore', 'pipe', 'inherit'] })
}

/**
 * The file for a script tag, from source: as the build makes it, but not minified.
 * @param {string} name
 */
async function buildGlobal(name) {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'packages', name, 'src/index.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: `Realtime${name
      .split('-')
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join('')}`,
    conditions: ['@org/source', 'browser'],
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return outputFiles[0]?.text
}

/**
 * Serves the pages from source. They ask for `/demo.json` to find the server; what starts with `/api` or
 * `/broadcasting` is passed on to it. With a second node every page is sent to the next one, unless its address says
 * `?node=2`.
 * @param {DemoOptions} options ports are 0 for any that is free; `watch`: pages load anew when a file is changed
 * @typedef {{ readonly port: number, readonly serverPort: number, readonly mqttPort?: number,
 *   readonly second?: { readonly port: number, readonly redisPort: number }, readonly watch?: boolean }} DemoOptions
 */
export async function startDemo({ port, serverPort, mqttPort = 0, second, watch = false }) {
  let turn = 0
  /** @param {string} url @param {string} page the one that asks */
  const nodeOf = (url, page) => {
    const nodes = backend?.nodes ?? []
    const [own, its] = [url, page].map((each) => new URL(each, 'http://demo'))
    const asked = own?.searchParams.get('node') ?? its?.searchParams.get('node')
    // Nodes do not share what Rakit passes on.
    if (asked === null && its?.pathname === '/rakit-chat/') return nodes[0]
    return nodes[Number(asked) - 1] ?? nodes[turn++ % nodes.length]
  }
  /** @type {import('../examples/backend/src/index.ts').RunningBackend | undefined} */
  let backend
  const vite = await createServer({
    root: folder,
    configFile: false,
    logLevel: 'warn',
    clearScreen: false,
    appType: 'mpa',
    cacheDir: join(root, 'node_modules/.vite/examples'),
    resolve: { conditions: ['@org/source', ...defaultClientConditions] },
    ssr: { resolve: { conditions: ['@org/source', ...defaultServerConditions] } },
    define: {
      __VUE_OPTIONS_API__: 'true',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    server: { host: '127.0.0.1', port, strictPort: true, ...(!watch && { watch: null }) },
    plugins: [
      vue(),
      {
        name: 'demo',
        configureServer({ middlewares }) {
          middlewares.use('/demo.json', ({ url = '', headers }, response) => {
            response.setHeader('Content-Type', 'application/json')
            response.end(JSON.stringify(nodeOf(url, headers.referer ?? '')))
          })
          middlewares.use(async (asked, response, next) => {
            const { url = '', method, headers } = asked
            const [, name] = /^\/realtime-([\w-]+)\.global\.js$/.exec(url) ?? []
            if (name) {
              response.setHeader('Content-Type', 'text/javascript')
              return response.end(await buildGlobal(name))
            }
            // Browsers ask for it by themselves, and call the page broken where there is none.
            if (url === '/favicon.ico') return response.writeHead(204).end()
            if (url === '/') return response.writeHead(302, { Location: '/home/' }).end()
            if (!backend || !/^\/(api|broadcasting)\//.test(url)) return next()
            const [host, port] = backend.host.split(':')
            const passed = request({ host, port, path: url, method, headers }, (answer) => {
              response.writeHead(answer.statusCode ?? 502, answer.headers)
              answer.pipe(response)
            })
            passed.on('error', () => response.writeHead(502).end())
            asked.pipe(passed)
          })
        },
      },
    ],
  })
  const fail = async (
    /** @type {unknown} */ error,
    /** @type {import('./demo-ports.mjs').Variable} */ variable,
  ) => {
    await vite.close()
    throw Object.assign(error instanceof Error ? error : new Error(`${error}`), { variable })
  }
  await vite.listen().catch((error) => fail(error, 'PORT'))
  const address = /** @type {import('node:net').AddressInfo} */ (vite.httpServer?.address())
  const { runner } = /** @type {import('vite').RunnableDevEnvironment} */ (vite.environments['ssr'])
  /** @type {typeof import('../examples/backend/src/index.ts')} */
  const { startBackend } = await runner.import(join(folder, 'backend/src/index.ts'))
  /** @type {{ readonly createBackend: import('../examples/backend/src/index.ts').CreateBackend }[]} */
  const modules = await Promise.all(
    backends.map((name) => runner.import(join(folder, name, 'src/backend.ts'))),
  )
  backend = await startBackend({
    backends: modules.map(({ createBackend }) => createBackend),
    port: serverPort,
    mqttPort,
    ...(second && { second }),
    origins: [`http://127.0.0.1:${address.port}`, `http://localhost:${address.port}`],
  }).catch((error) => {
    const isOfSecond = second !== undefined && error.details?.port === second.port
    return fail(error, isOfSecond ? 'SECOND_PORT' : 'SERVER_PORT')
  })
  return {
    url: `http://127.0.0.1:${address.port}/`,
    backend,
    async close() {
      await backend?.close()
      await vite.close()
    },
  }
}
