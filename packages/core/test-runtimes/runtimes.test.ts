import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createPeer } from './peer.ts'
import type { Outcome } from './scenario.ts'
import { bundle, IMPORTS, installSubject } from './subject-package.ts'
import { findChromium, findTool, requireAll, UNAVAILABLE } from './tools.ts'

const LIMIT_MS = 120_000
/** Left alone, `ws` waits 30 s for the answer to a close frame. */
const LIMIT_OF_EXIT_MS = 10_000
const CHROMIUM_FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'

const SAME: Omit<Outcome, 'refused' | 'unreachable' | 'headers' | 'signals'> = {
  exchange: {
    log: [
      ['open', ''],
      ['frame', 'grüße'],
      ['frame', [0, 255]],
      ['end', { code: 4001, reason: 'over quota' }],
    ],
    isPlainBytes: true,
  },
  large: 1_000_000,
  closed: [['open', '']],
  malformed: 'invalid url',
}
/** Where `#ws` is there: the status of a refused upgrade is told, headers are sent. */
const SERVER = {
  ...SAME,
  refused: { ends: 1, status: 401 },
  unreachable: { ends: 1, hasError: true },
  headers: 'sent one',
  signals: { hidden: false, timers: 0 },
}
const EDGE = { ...SERVER, refused: { ends: 1 }, headers: 'invalid headers' }
/** A browser tells no script why a socket failed. */
const BROWSER = { ...EDGE, unreachable: { ends: 1, hasError: false }, signals: { hidden: false, timers: 1 } }

let folder: string
let peer: Awaited<ReturnType<typeof createPeer>>
const pages: Record<string, string> = {}

beforeAll(async () => {
  folder = await installSubject()
  peer = await createPeer(pages)
}, LIMIT_MS)
afterEach(() => peer.closes.splice(0))
afterAll(() => {
  peer.close()
  rmSync(folder, { recursive: true })
})

/** A test that says so when its runtime is not there, and fails then if all are required. */
function inRuntime<T>(
  name: string,
  find: () => Promise<T>,
  behaviour: string,
  run: (found: T) => Promise<void>,
): void {
  it(`${behaviour} in ${name}`, { timeout: LIMIT_MS }, async ({ skip }) => {
    let found: T
    try {
      if (UNAVAILABLE[name]) throw new Error(UNAVAILABLE[name])
      found = await find()
    } catch (error) {
      const line = `not run: ${name} because ${(error as Error).message}`
      process.stdout.write(`${line}\n`)
      if (requireAll && !UNAVAILABLE[name]) throw new Error(line)
      return skip(line)
    }
    await run(found)
  })
}

const write = (name: string, code: string): string => {
  writeFileSync(join(folder, name), code)
  return name
}

async function output(command: string, values: readonly string[]): Promise<string> {
  const child = spawn(command, values, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  let errors = ''
  child.stdout.on('data', (chunk) => {
    text += chunk
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${text}${errors}`)
  return text
}

const address = (): string => `ws://127.0.0.1:${peer.port}`

function check(outcome: string, expected: object): void {
  expect(JSON.parse(outcome)).toEqual(expected)
  expect(peer.closes).toContain(`4000 ${'ü'.repeat(61)}`)
}

describe('core in a server runtime', () => {
  const script = () => write('main.js', `${IMPORTS}console.log(await run('${address()}'))`)

  inRuntime(
    'Node',
    async () => process.execPath,
    'serves sessions',
    async (node) => {
      check(await output(node, [script()]), SERVER)
    },
  )

  inRuntime(
    'Bun',
    () => findTool('Bun'),
    'serves sessions',
    async (bun) => {
      check(await output(bun, [script()]), SERVER)
    },
  )

  inRuntime(
    'Deno',
    () => findTool('Deno'),
    'serves sessions',
    async (deno) => {
      check(
        await output(deno, ['run', '--allow-all', '--no-lock', '--node-modules-dir=manual', script()]),
        SERVER,
      )
    },
  )

  inRuntime(
    'workerd',
    () => findTool('workerd'),
    'serves sessions',
    async (workerd) => {
      const code =
        'export default { fetch: async (request) => new Response(await run(await request.text())) }'
      write('worker.mjs', await bundle(folder, code, ['workerd', 'worker', 'browser']))
      write('config.capnp', WORKERD_CONFIG)
      const child = spawn(workerd, ['serve', '--control-fd=3', 'config.capnp'], {
        cwd: folder,
        stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
      })
      try {
        const [line] = await once(child.stdio[3] as NodeJS.ReadableStream, 'data')
        const { port } = JSON.parse(`${line}`.split('\n')[0] as string)
        const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: address() })
        check(await response.text(), EDGE)
      } finally {
        child.kill()
      }
    },
  )
})

const WORKERD_CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker", esModule = embed "worker.mjs")],
      compatibilityDate = "2026-11-01",
    )),
    (name = "internet", network = (allow = ["private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`

describe('core in a Node process', () => {
  const WHOLE = './node_modules/@org/realtime-core/dist/whole'
  /** Prints what an import and the making of idle objects added to the process. */
  const inspect = (load: string): string => `
    delete globalThis.WebSocket
    const before = [Reflect.ownKeys(globalThis).length, process.getActiveResourcesInfo().length]
    ${load}
    core.websocketTransport({ headers: {} })
    const stop = core.browserSignals(core.systemClock).subscribe(() => {})
    const after = [Reflect.ownKeys(globalThis).length, process.getActiveResourcesInfo().length]
    console.log(JSON.stringify({ before, after, window: typeof window }))
  `
  const expectNothingAdded = async (file: string): Promise<void> => {
    const { before, after, window } = JSON.parse(await output(process.execPath, [file]))
    expect([after, window]).toEqual([before, 'undefined'])
  }

  it('adds nothing to a process that imports it without WebSocket and window', async () => {
    const whole = existsSync(join(folder, `${WHOLE}.js`)) ? `await import('${WHOLE}.js')` : ''
    await expectNothingAdded(
      write('import.mjs', inspect(`${whole}; const core = await import('@org/realtime-core')`)),
    )
  })

  it('adds nothing to a process that requires it without WebSocket and window', async () => {
    const whole = existsSync(join(folder, `${WHOLE}.cjs`)) ? `require('${WHOLE}.cjs')` : ''
    await expectNothingAdded(
      write('require.cjs', inspect(`${whole}; const core = require('@org/realtime-core')`)),
    )
  })

  const leaving = (path: string): string => `
    import { websocketTransport } from '@org/realtime-core'
    const session = websocketTransport()({ url: '${address()}${path}', subprotocols: [] }, {
      open: () => session.close(1000),
      frame() {},
      end() {},
    })
    ${path === '/stall' ? 'setImmediate(() => session.close(1000))' : ''}
    process.on('exit', () => console.log(Math.round(process.uptime() * 1000)))
  `

  it('lets the process end after close', async () => {
    expect(Number(await output(process.execPath, [write('leave.mjs', leaving('/echo'))]))).toBeLessThan(
      LIMIT_OF_EXIT_MS,
    )
    await expect.poll(() => peer.closes).toEqual(['1000 '])
  })

  it('lets the process end after the close of a session that never opened', async () => {
    expect(Number(await output(process.execPath, [write('abort.mjs', leaving('/stall'))]))).toBeLessThan(
      LIMIT_OF_EXIT_MS,
    )
  })

  it('lets the process end soon when the peer never answers the close', async () => {
    expect(Number(await output(process.execPath, [write('mute.mjs', leaving('/mute'))]))).toBeLessThan(
      LIMIT_OF_EXIT_MS,
    )
  })
})

describe('core in a browser', () => {
  let browser: Browser | undefined
  const launch = async (): Promise<Browser> => {
    const executablePath = await findChromium()
    browser ??= await chromium.launch({
      executablePath,
      args: CHROMIUM_FLAGS.split(' '),
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
    })
    return browser
  }
  const origin = (): string => `http://127.0.0.1:${peer.port}`

  beforeAll(async () => {
    pages['/'] = pages['/other'] = '<!doctype html><script type="module" src="/page.js"></script>'
    pages['/page.js'] = await bundle(folder, 'Object.assign(globalThis, { core, run })', ['browser'])
    pages['/worker.js'] = await bundle(folder, `run('').then(postMessage)`, ['browser'])
  })
  afterAll(() => browser?.close())

  inRuntime('a Chromium page', launch, 'serves sessions', async (found) => {
    const page = await found.newPage()
    await page.goto(origin())
    check(await page.evaluate(`run('')`), BROWSER)
  })

  inRuntime('a Chromium worker', launch, 'serves sessions', async (found) => {
    const page = await found.newPage()
    await page.goto(origin())
    const script = `new Promise((resolve, reject) => {
      const worker = new Worker('/worker.js', { type: 'module' })
      worker.onmessage = ({ data }) => resolve(data)
      worker.onerror = ({ message }) => reject(new Error(message))
    })`
    check(await page.evaluate(script), BROWSER)
  })

  inRuntime(
    'Chromium',
    launch,
    'refuses ws: from an https: page for good, without telling the query',
    async (found) => {
      const page = await found.newPage()
      await page.route('https://shop.test/**', (route) => {
        const path = new URL(route.request().url()).pathname
        return route.fulfill({
          body: pages[path] ?? '',
          contentType: path === '/' ? 'text/html' : 'text/javascript',
        })
      })
      await page.goto('https://shop.test/')
      const dial = `(() => {
      try {
        core.websocketTransport()({ url: 'ws://shop.test/?secret=1', subprotocols: [] }, {})
      } catch (error) {
        return error.stack + JSON.stringify(error)
      }
    })()`
      const told = await page.evaluate<string>(dial)
      expect(told).toContain('[option.invalid]')
      expect(told).toContain('SecurityError')
      expect(told).not.toContain('secret')
    },
  )

  inRuntime('Chromium', launch, 'tells offline and online', async (found) => {
    const page = await found.newPage()
    await page.goto(`${origin()}/`)
    await page.evaluate(
      'globalThis.told = []; core.browserSignals(core.systemClock).subscribe((signal) => told.push(signal))',
    )
    await page.context().setOffline(true)
    await page.context().setOffline(false)
    expect(await page.evaluate('told')).toEqual(['offline', 'online'])
  })

  inRuntime(
    'Chromium',
    launch,
    'tells the way into the back/forward cache and out of it, then one end of the cut session',
    async (found) => {
      const page = await found.newPage()
      await page.goto(origin())
      const start = `new Promise((resolve) => {
      globalThis.told = []
      globalThis.ended = new Promise((end) => {
        core.browserSignals(core.systemClock).subscribe((signal) => told.push(signal))
        core.websocketTransport()({ url: '/echo', subprotocols: [] }, {
          open: resolve,
          frame() {},
          end() {
            told.push('end')
            end()
          },
        })
      })
    })`
      await page.evaluate(start)
      await page.evaluate('told.splice(0)')
      await page.goto(`${origin()}/other`)
      await page.goBack({ waitUntil: 'commit' })
      expect(await page.evaluate('ended.then(() => told)')).toEqual([
        'pagehide',
        'hidden',
        'freeze',
        'resume',
        'visible',
        'pageshow',
        'end',
      ])
    },
  )
})

describe('core bundled for React Native (not run on a device)', () => {
  inRuntime(
    'Metro',
    () => findTool('Metro'),
    'resolves with no module of Node',
    async (metro) => {
      write('native-entry.js', `import * as core from '@org/realtime-core'\nglobalThis.core = core\n`)
      const script = fileURLToPath(new URL('metro-bundle.cjs', import.meta.url))
      await output(process.execPath, [script, folder, dirname(dirname(metro))])
      const code = readFileSync(join(folder, 'native.js'), 'utf8')
      expect(code).toContain('binaryType')
      expect(code).not.toMatch(/closeTimeout|node:/)
    },
  )
})
