/** Fails when a file of the repository names a package registry, or a path of the machine it was written on. */
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { root } from './bootstrap.mjs'

const isWindows = process.platform === 'win32'
// Assembled, so that this file does not name what it looks for.
const publicRegistry = ['registry', 'npmjs', 'org'].join('.')
const registry = execFileSync('npm', ['config', 'get', 'registry'], {
  cwd: root,
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
  shell: isWindows,
})
const forbidden = new Set([
  publicRegistry,
  new URL(registry.trim()).host,
  ...[join('/', 'work'), homedir(), root].map((folder) => `${folder.replace(/[\\/]$/, '')}/`),
])

// Also what is not committed yet, so that it is found before.
const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
const found = [...new Set(files.split('\0'))].filter(isFile).flatMap((file) => {
  const text = readFileSync(join(root, file), 'utf8')
  return [...forbidden].filter((name) => names(text, name)).map((name) => `${file} names ${name}`)
})

for (const line of found) console.error(line)
if (found.length === 0) console.log('No file names a registry or a path of this machine.')
process.exitCode = found.length === 0 ? 0 : 1

/**
 * A folder counts where a path starts, not in the middle of a longer one.
 * @param {string} text @param {string} name
 */
function names(text, name) {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
    if (!name.startsWith('/') || !/[\w.@/-]/.test(text[at - 1] ?? ' ')) return true
  return false
}

/** @param {string} file */
function isFile(file) {
  return file !== '' && statSync(join(root, file), { throwIfNoEntry: false })?.isFile() === true
}
