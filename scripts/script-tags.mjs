import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { root } from './bootstrap.mjs'

/** @typedef {{ name: string, version: string, path: string, globalName: string, integrity: string, gzipBytes: number }} ScriptTag */

const MARK = '<!-- script tags -->'

/**
 * Puts a table of the built files where a page asks for it.
 * @param {string} markdown
 */
export function insertScriptTags(markdown) {
  // A function, because a hash may hold what means something to `replace`.
  return markdown.includes(MARK) ? markdown.replace(MARK, () => toTable(listScriptTags())) : markdown
}

/** What `integrity` of a script holds. @param {Uint8Array} file */
export function toIntegrity(file) {
  return `sha384-${createHash('sha384').update(file).digest('base64')}`
}

/** @returns {ScriptTag[]} */
function listScriptTags() {
  const packages = join(root, 'packages')
  return readdirSync(packages).flatMap((folder) => {
    const manifest = JSON.parse(readFileSync(join(packages, folder, 'package.json'), 'utf8'))
    return manifest.unpkg ? [readScriptTag(join(packages, folder), manifest)] : []
  })
}

/**
 * @param {string} folder @param {{ name: string, version: string, unpkg: string }} manifest
 * @returns {ScriptTag}
 */
function readScriptTag(folder, { name, version, unpkg }) {
  const path = unpkg.replace('./', '')
  const file = join(folder, path)
  if (!existsSync(file)) throw new Error(`${file} is not built: npm run build`)
  const bytes = readFileSync(file)
  const globalName = /^"use strict";var (\w+)=/.exec(bytes.toString())?.[1]
  if (globalName === undefined) throw new Error(`${file} does not begin with the global that it sets`)
  const gzipBytes = gzipSync(bytes, { level: 9 }).length
  return { name, version, path, globalName, integrity: toIntegrity(bytes), gzipBytes }
}

/** @param {readonly ScriptTag[]} tags */
function toTable(tags) {
  return tags.map(toSection).join('\n')
}

/** @param {ScriptTag} tag */
function toSection({ name, version, path, globalName, integrity, gzipBytes }) {
  const rows = [
    ['global', `\`${globalName}\``],
    ['unpkg', `\`https://unpkg.com/${name}@${version}/${path}\``],
    ['jsDelivr', `\`https://cdn.jsdelivr.net/npm/${name}@${version}/${path}\``],
    ['integrity', `\`${integrity}\``],
    ['size', `${(gzipBytes / 1000).toFixed(1)} kB gzip`],
  ]
  return `### ${name} ${version}\n\n| | |\n|---|---|\n${rows.map((cells) => `| ${cells.join(' | ')} |\n`).join('')}`
}
