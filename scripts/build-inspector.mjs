/**
 * Makes the page of the server's inspector, one file that needs no other, from `packages/server/src/inspect/page`:
 * `node scripts/run.mjs node scripts/build-inspector.mjs`. A test compares it with what is there.
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { isMain } from './is-main.mjs'

const folder = join(fileURLToPath(import.meta.url), '../../packages/server/src/inspect')
export const target = join(folder, 'page.ts')

/** The text of the module that holds the page. */
export async function buildInspector() {
  const script = (await bundle('main.ts')).trim()
  const style = (await bundle('style.css')).trim()
  const page = readFileSync(join(folder, 'page/index.html'), 'utf8')
    .replace(/\n\s*/g, '')
    .replace('<style></style>', () => `<style>${style}</style>`)
    .replace('<script type="module"></script>', () => `<script type="module">${script}</script>`)
  const constants = { page, scriptHash: hash(script), styleHash: hash(style) }
  return [
    '// Made by scripts/build-inspector.mjs from the folder `page`.\n',
    ...Object.entries(constants).map(([name, value]) => `export const ${name} =\n  ${quote(value)}\n`),
  ].join('\n')
}

/** @param {string} name */
async function bundle(name) {
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'page', name)],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    logLevel: 'silent',
  })
  return Buffer.from(outputFiles[0]?.contents ?? []).toString()
}

/**
 * As `Content-Security-Policy` names what may run.
 * @param {string} text
 */
function hash(text) {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

/**
 * In the quotes that the formatter of this repository likes.
 * @param {string} text
 */
function quote(text) {
  const body = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${body}'`
}

if (isMain(import.meta.url)) writeFileSync(target, await buildInspector())
