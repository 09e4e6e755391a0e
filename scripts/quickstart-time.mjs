/**
 * `npm run quickstart-time`: clones this repository as it is committed, does there what README says, and tells how
 * long it takes until a page shows its first event.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from './bootstrap.mjs'
import { launchChromium } from './launch-chromium.mjs'

const clone = mkdtempSync(join(tmpdir(), 'quickstart-'))
const browser = await launchChromium()
const [PORT, SERVER_PORT, MQTT_PORT] = await Promise.all([findPort(), findPort(), findPort()])

const startedAt = performance.now()
spawnSync('git', ['clone', '--quiet', root, clone], { stdio: 'inherit' })
tell('cloned')
const demo = spawn('npm', ['run', 'demo'], {
  cwd: clone,
  env: { ...process.env, PORT, SERVER_PORT, MQTT_PORT },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const exit = once(demo, 'exit')
for await (const line of createInterface({ input: demo.stdout })) {
  const url = /The examples are at +(\S+)/.exec(line)?.[1]
  if (url === undefined) continue
  tell('installed and started')
  const page = await browser.newPage()
  await page.goto(new URL('scada-script-tag/', url).href)
  await page.locator('figure').first().waitFor({ timeout: 120_000 })
  tell('first event on the page')
  break
}
await browser.close()
demo.kill('SIGTERM')
await exit
rmSync(clone, { recursive: true, force: true })

/** @param {string} what */
function tell(what) {
  console.log(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${what}`)
}

async function findPort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  server.close()
  return `${port}`
}
