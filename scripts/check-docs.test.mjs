import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkDocs } from './check-docs.mjs'

// Compilers are slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

/** @type {string[]} */
const folders = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

const optionTypes = `
export interface ClientOptions { readonly url: string; readonly backoff?: BackoffOptions; readonly hidden?: HiddenPolicy }
export interface BackoffOptions { readonly capMs?: number }
export type HiddenPolicy = 'keep' | { readonly pauseAfterMs: number }
export interface WebSocketOptions {}
export interface ChannelOptions {}
export interface ListenOptions {}
export interface Rate { readonly everyMs: number }
export interface EventsOptions {}
export interface GapOptions {}
export interface PublishOptions {}
export interface ErrorDetails { 'connection.lost': { readonly code?: number } }
`

/** A small repository whose pages hold. @type {Readonly<Record<string, string>>} */
const sound = {
  'packages/core/src/api.ts': optionTypes,
  'packages/core/src/options.ts': 'export const ranges = { backoff: { capMs: [20_000, 1, 86_400_000] } }',
  'README.md':
    '# A page\n\n[options](docs/reference/options.md#all-options)\n\n```ts\nconst one: number = 1\n```\n',
  'ARCHITECTURE.md': '| file | holds |\n|---|---|\n| `api.ts` | types |\n| `options.ts` | numbers |\n',
  'docs/reference/options.md': [
    '# All options',
    '| option | default | accepts | what |',
    '|---|---|---|---|',
    '| `url` | required | text | address |',
    '| `backoff.capMs` | 20000 | 1 to 1 day | window |',
    '| `hidden` | `keep` | `keep` | policy |',
    '| `hidden.pauseAfterMs` | none | a number | policy |',
    '| `rate.everyMs` | required | a number | window |',
  ].join('\n'),
  'docs/concepts/errors.md': '| code | when |\n|---|---|\n| `connection.lost` | the line ended |\n',
}

/**
 * The breaches of that repository with these files changed.
 * @param {Record<string, string>} [changed]
 */
function check(changed = {}) {
  const root = mkdtempSync(join(tmpdir(), 'docs-'))
  folders.push(root)
  for (const [path, text] of Object.entries({ ...sound, ...changed })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return checkDocs(root)
}

/** @param {string} text */
const ts = (text) => `\`\`\`ts\n${text}\n\`\`\`\n`

describe('checkDocs', () => {
  it('accepts pages that hold', async () => {
    expect(await check()).toEqual([])
  })

  it('wants the options of packages too', async () => {
    const types = `
export interface RawWsOptions { readonly token?: string }
export interface StrictOptions {}
`
    expect(await check({ 'packages/raw-ws/src/options.ts': types })).toEqual([
      'docs/reference/options.md:1 has no row for the option `token`',
    ])
  })

  it('holds the reference of the server to what it takes', async () => {
    const files = {
      'packages/server/src/options.ts': `
export interface ServerOptions { readonly mode?: string; readonly limits?: Partial<Numbers<'limits'>> }
export interface ServerErrorDetails { 'listen.failed': { readonly port: number } }
`,
      'packages/server/src/ranges.ts':
        'export const ranges = { server: { port: [1, 0, 9] }, limits: { ageMs: [2, 1, 604_800_000] } }',
      'docs/reference/server.md':
        '| option | default | accepts |\n|---|---|---|\n| `limits.ageMs` | 2 | 1 to 9 |\n',
    }
    expect(await check(files)).toEqual([
      'docs/reference/server.md:1 has no row for the option `mode`',
      'docs/reference/server.md:1 has no row for the option `port`',
      'docs/reference/server.md:3 the range of `limits.ageMs` is 1 to 7 days, not 1 to 9',
      'docs/concepts/errors.md:1 has no row for the error code `listen.failed`',
      'ARCHITECTURE.md:1 has no row for the source file `server/options.ts`',
      'ARCHITECTURE.md:1 has no row for the source file `server/ranges.ts`',
    ])
  })

  it('names page and line of code that does not compile', async () => {
    const page = `# Page\n\n${ts("const text = 'a'\ntext.length satisfies string")}`
    expect(await check({ 'docs/page.md': page })).toEqual([
      "docs/page.md:5 Type 'number' does not satisfy the expected type 'string'.",
    ])
  })

  it('compiles components of Vue with their templates', async () => {
    const component = (/** @type {string} */ use) =>
      `\`\`\`vue\n<script setup lang="ts">\nconst name = 'a'\n</script>\n\n<template>{{ ${use} }}</template>\n\`\`\`\n`
    expect(await check({ 'docs/page.md': component('name.length') + component('name.lenght') })).toEqual([
      expect.stringMatching(/^docs\/page\.md:13 Property 'lenght' does not exist/),
    ])
  })

  it('compiles against the source of the packages', async () => {
    const page = ts("import { createClient } from '@org/realtime-core'\ncreateClient({ protcol: 1 })")
    expect(await check({ 'docs/page.md': page })).toEqual([
      expect.stringContaining("'protcol' does not exist"),
    ])
  })

  it('keeps blocks apart unless one continues another', async () => {
    const apart = ts('const a = 1') + ts('const a = 2')
    const joined = `${ts('const b = 1')}\nProse.\n${ts('// continues\nb.toFixed()')}`
    const broken = ts('const c = 1') + ts('c.toFixed()')
    expect(await check({ 'docs/page.md': apart + joined + broken })).toEqual([
      "docs/page.md:20 Cannot find name 'c'.",
    ])
  })

  it('lets blocks of a page import each other by name', async () => {
    const page = ts('// one.ts\nexport const one = 1') + ts("import { one } from './one.ts'\none.toFixed()")
    expect(await check({ 'docs/page.md': page })).toEqual([])
    expect(await check({ 'docs/other.md': ts("import './one.ts'") })).toHaveLength(1)
  })

  it('adds what is set up out of sight', async () => {
    const page = `<!-- setup: declare const a: string -->\n<!-- setup:\ndeclare const b: string\n-->\n${ts('a + b')}`
    expect(await check({ 'docs/page.md': page })).toEqual([])
  })

  it('keeps what a page declares for a module to that page', async () => {
    const augmenting = ts(
      "import '@org/realtime-core'\ndeclare module '@org/realtime-core' { interface Register { channels: 1 } }",
    )
    const other = ts(
      "import type { Register } from '@org/realtime-core'\nnull! as keyof Register satisfies never",
    )
    expect(await check({ 'docs/a.md': augmenting, 'docs/b.md': other })).toEqual([])
  })

  it.each([
    ['a file', '[x](nowhere.md)', 'README.md:1 links to nowhere.md, which does not exist'],
    ['a heading', '[x](docs/concepts/errors.md#y)', 'but docs/concepts/errors.md has no such heading'],
    ['a heading of its own', '# A\n\n[x](#b)', 'README.md:3 links to #b, but README.md has no such heading'],
  ])('finds a link to %s that is not there', async (_, text, message) => {
    expect(await check({ 'README.md': text })).toEqual([expect.stringContaining(message)])
  })

  it('leaves addresses and links in code alone', async () => {
    expect(
      await check({ 'README.md': '[x](https://example.org/y) `[x](y)`\n\n```md\n[x](y)\n```\n' }),
    ).toEqual([])
  })

  it('finds an option, a default, a range and a code that the reference does not tell', async () => {
    const options = sound['docs/reference/options.md']
      ?.replace('| 20000 | 1 to 1 day |', '| 30000 | 0 to 1 day |')
      .replace('`url`', '`uri`')
    const errors = '| code | when |\n|---|---|\n'
    expect(
      await check({ 'docs/reference/options.md': `${options}`, 'docs/concepts/errors.md': errors }),
    ).toEqual([
      'docs/reference/options.md:1 has no row for the option `url`',
      'docs/reference/options.md:4 names `uri`, which is no option',
      'docs/reference/options.md:5 the default of `backoff.capMs` is 20000, not 30000',
      'docs/reference/options.md:5 the range of `backoff.capMs` is 1 to 1 day, not 0 to 1 day',
      'docs/concepts/errors.md:1 has no row for the error code `connection.lost`',
    ])
  })

  it('finds a file that the map does not show', async () => {
    expect(await check({ 'packages/core/src/new.ts': '', 'packages/core/src/new.test.ts': '' })).toEqual([
      'ARCHITECTURE.md:1 has no row for the source file `new.ts`',
    ])
  })

  it('finds a README that is too long', async () => {
    expect(await check({ 'README.md': 'line\n'.repeat(120) })).toEqual([
      'README.md:120 has 120 lines, which is over 119',
    ])
  })
})
