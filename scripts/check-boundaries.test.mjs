import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { checkBoundaries } from './check-boundaries.mjs'

/** @type {string[]} */
const folders = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** @type {Record<string, object>} */
const manifests = {
  core: { exports: { '.': {}, './kit': {} }, imports: { '#ws': {} }, dependencies: { ws: '' } },
  pusher: {
    exports: { '.': {}, './codec': {} },
    dependencies: { '@org/realtime-core': '' },
    peerDependencies: { 'pusher-js': '' },
  },
  mqtt: { exports: { '.': {}, './codec': {} }, dependencies: { '@org/realtime-core': '' } },
  react: { dependencies: { '@org/realtime-core': '' }, peerDependencies: { react: '' } },
  testing: { dependencies: { '@org/realtime-core': '' } },
  server: { dependencies: { ws: '', '@org/realtime-mqtt': '', '@org/realtime-pusher': '' } },
}

/**
 * The breaches of a repository that holds these files.
 * @param {Record<string, string>} files
 */
function check(files) {
  const root = mkdtempSync(join(tmpdir(), 'boundaries-'))
  folders.push(root)
  for (const [name, manifest] of Object.entries(manifests))
    write(root, `packages/${name}/package.json`, JSON.stringify(manifest))
  for (const [path, text] of Object.entries(files)) write(root, `packages/${path}`, text)
  return checkBoundaries(root)
}

/** @param {string} root @param {string} path @param {string} text */
function write(root, path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

describe('checkBoundaries', () => {
  it('accepts what the rules allow', () => {
    const breaches = check({
      'core/src/clock.ts':
        'export const now = () => Date.now() + Math.random()\nsetTimeout(now, performance.now())',
      'core/src/socket.ts': "import { open } from '#ws'\nimport type { A } from './a.ts'\nexport { open }",
      'core/src/ws-node.ts': "import { WebSocket } from 'ws'\nimport type { Agent } from 'node:http'",
      'core/src/a.ts': "import { open } from './socket.ts'\nexport type A = typeof open",
      'core/src/dates.ts':
        'export const at = (date: Date, clock: { Date: number }) => clock.Date + Date.UTC(2030)',
      'core/src/a.test.ts':
        "import { fake } from '@org/realtime-core/kit'\nsetTimeout(() => console.log(fake), Date.now())",
      'core/src/test-setup.ts': "import { expect } from 'vitest'",
      'pusher/src/index.ts': "export { createPusher } from './pusher.ts'\nexport * from '@org/realtime-core'",
      'pusher/src/compat.ts': "export { Pusher as default } from './pusher.ts'",
      'pusher/src/pusher.ts':
        "import { dial } from '@org/realtime-core/kit'\nexport const createPusher = dial",
      'pusher/src/bridge.ts': "import type Pusher from 'pusher-js'",
      'mqtt/src/a.test.ts': "import { findFreePort } from '../../../scripts/find-free-port.mjs'",
      'react/src/use-client.ts': "import { useContext } from 'react'",
      'testing/src/settled.ts':
        'export const settled = () => new Promise((resolve) => setImmediate(resolve))',
      'server/src/cli.ts':
        "import { decode } from '@org/realtime-mqtt/codec'\nconsole.log(decode, Date.now())",
    })
    expect(breaches).toEqual([])
  })

  it.each([
    [
      'a protocol in core',
      'core/src/a.ts',
      "import '@org/realtime-pusher'",
      "core may not import '@org/realtime-pusher'",
    ],
    [
      'npm in core',
      'core/src/a.ts',
      "import { createNanoEvents } from 'nanoevents'",
      "core may not import 'nanoevents'",
    ],
    ['ws outside its file', 'core/src/a.ts', "import 'ws'", "'ws' may be imported by ws-node* only"],
    [
      'Node in a file for all',
      'core/src/a.ts',
      "import 'node:net'",
      "imports 'node:net' outside a file named x-node.ts",
    ],
    ['an unknown # name', 'core/src/a.ts', "import '#tcp'", "'#tcp' is not in its imports"],
    [
      'core itself in a protocol',
      'mqtt/src/a.ts',
      "import { x } from '@org/realtime-core'",
      'mqtt may not import',
    ],
    ['a protocol in another', 'mqtt/src/a.ts', "import '@org/realtime-pusher/codec'", 'mqtt may not import'],
    [
      'kit in a binding',
      'react/src/a.ts',
      "import type { X } from '@org/realtime-core/kit'",
      'react may not import',
    ],
    [
      'a peer elsewhere',
      'pusher/src/a.ts',
      "await import('pusher-js')",
      "'pusher-js' may be imported by bridge* only",
    ],
    ['a client in the server', 'server/src/a.ts', "import '@org/realtime-mqtt'", 'server may not import'],
    [
      'an undeclared package',
      'server/src/a.ts',
      "import 'ioredis'",
      "'ioredis' is missing from dependencies",
    ],
    [
      'another folder',
      'mqtt/src/a.test.ts',
      "import '../../core/src/a.ts'",
      "leaves its package with '../../core",
    ],
    [
      'a tool of the repository outside tests',
      'mqtt/src/a.ts',
      "import '../../../scripts/find-free-port.mjs'",
      "leaves its package with '../../../scripts",
    ],
    [
      'a deep path',
      'mqtt/src/a.test.ts',
      "import '@org/realtime-core/src/a.ts'",
      'is no entry of that package',
    ],
    ['a default export', 'core/src/a.ts', 'export default 1', 'has a default export'],
    ['a default export beside the one', 'pusher/src/pusher.ts', 'export default 1', 'has a default export'],
    ['a default function', 'core/src/a.test.ts', 'export default function a() {}', 'has a default export'],
    ['export *', 'core/src/a.ts', "export * from './b.ts'", "exports everything of './b.ts'"],
    ['export * as', 'react/src/a.ts', "export * as b from './b.ts'", "exports everything of './b.ts'"],
    ['a timer', 'core/src/a.ts', 'globalThis.setTimeout(() => {}, 1)', 'uses setTimeout: take the Clock'],
    ['a timer by short hand', 'mqtt/src/a.ts', 'export const timers = { setInterval }', 'uses setInterval'],
    ['the date', 'react/src/a.ts', 'export const at = new Date()', 'uses Date: take the Clock'],
    ['chance', 'testing/src/a.ts', 'export const id = Math.random()', 'uses Math.random: take the Clock'],
    [
      'performance',
      'pusher/src/a.ts',
      'export const at = performance.now()',
      'uses performance: take the Clock',
    ],
    ['console', 'core/src/a.ts', "console.warn('x')", 'uses console: take the trace'],
  ])('refuses %s', (_, path, text, message) => {
    const breaches = check({ [path]: `\n${text}` })
    expect(breaches).toEqual([expect.stringContaining(`packages/${path}:2 `)])
    expect(breaches[0]).toContain(message)
  })

  it('names the files of a cycle once', () => {
    const breaches = check({
      'core/src/a.ts': "import { b } from './b.ts'",
      'core/src/b.ts': "import { c } from './c'\nimport './d.ts'",
      'core/src/c.ts': "export { a } from './a.ts'",
      'core/src/d.ts': 'export const d = 1',
    })
    expect(breaches).toEqual(['packages/core/src/a.ts:1 is in a cycle: a.ts -> b.ts -> c.ts -> a.ts'])
  })

  it('refuses a dependency of core but ws, and a package without a rule', () => {
    const breaches = check({
      'core/package.json': JSON.stringify({ dependencies: { ws: '', nanoevents: '' } }),
      'extra/package.json': '{}',
    })
    expect(breaches).toEqual([
      "packages/core/package.json:1 may not depend on 'nanoevents'",
      'packages/extra:1 has no rule in scripts/boundary-rules.mjs',
    ])
  })
})
