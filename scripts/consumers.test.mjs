import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { findBundled, findInstalled } from './consumer-copies.mjs'
import { loadEntries } from './consumer-entries.mjs'
import { execute } from './execute.mjs'

/** @param {Record<string, string | object>} files */
function setup(files) {
  const folder = mkdtempSync(join(tmpdir(), 'consumers-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return folder
}

it('finds every place where a package is installed', () => {
  const folder = setup({
    'node_modules/@org/core/package.json': {},
    'node_modules/@org/other/node_modules/@org/core/package.json': {},
    'node_modules/@org/core-like/package.json': {},
    'src/@org/core/package.json': {},
  })
  expect(findInstalled(folder, '@org/core')).toEqual([
    'node_modules/@org/core/package.json',
    'node_modules/@org/other/node_modules/@org/core/package.json',
  ])
})

it('finds the places that the code of bundles came from', () => {
  const here = '../../node_modules/@org/core/dist'
  const folder = setup({
    'dist/assets/a.js.map': { sources: [`${here}/a.js`, `${here}/b.js`, '../../src/main.ts'] },
    'dist/assets/b.js.map': { sources: ['../../node_modules/@org/x/node_modules/@org/core/dist/a.js'] },
  })
  expect(findBundled(folder, '@org/core')).toEqual([
    'node_modules/@org/core',
    'node_modules/@org/x/node_modules/@org/core',
  ])
  expect(findBundled(join(folder, 'missing'), '@org/core')).toEqual([])
})

it('names entries that cannot be loaded, but for the want of an optional peer', async () => {
  const entry = (/** @type {string} */ name) => ({ import: `./${name}.mjs`, require: `./${name}.cjs` })
  const at = 'node_modules/@org/core'
  const folder = setup({
    [`${at}/package.json`]: {
      name: '@org/core',
      exports: {
        '.': entry('good'),
        './peer': entry('peer'),
        './bad': entry('bad'),
        './package.json': './package.json',
      },
      peerDependencies: { msw: '*' },
    },
    [`${at}/good.mjs`]: '',
    [`${at}/good.cjs`]: '',
    [`${at}/peer.mjs`]: "import 'msw/node'",
    [`${at}/peer.cjs`]: "require('msw')",
    [`${at}/bad.mjs`]: "import 'ws'",
    [`${at}/bad.cjs`]: "throw new Error('broken')",
  })
  expect(await loadEntries(folder)).toEqual([
    expect.stringMatching(/^@org\/core\/bad: Cannot find package 'ws'/),
    '@org/core/bad: broken',
  ])
})

it('tells what a program said that failed, or took too long', async () => {
  const options = { cwd: '.', limitMs: 20_000 }
  expect(await execute('node', ['-e', 'console.log(1); console.error(2)'], options)).toBe('1\n')
  const failing = execute('node', ['-e', 'console.error("why"); process.exitCode = 3'], options)
  await expect(failing).rejects.toThrow(/ended with 3\nwhy/)
  const endless = execute('node', ['-e', 'setInterval(() => {}, 1000)'], { ...options, limitMs: 100 })
  await expect(endless).rejects.toThrow('SIGTERM')
})
