/** Packs every public package as it would be published, and runs publint and attw on the tarball. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './bootstrap.mjs'

const tarballs = join(root, '.cache/tarballs')
const names = readdirSync(join(root, 'packages')).filter(isPublic)
const unbuilt = names.filter((name) => !existsSync(join(root, 'packages', name, 'dist')))
if (unbuilt.length > 0) {
  console.error(`Nothing is built of ${unbuilt.join(', ')}: run \`npm run build\` first`)
  process.exit(1)
}
rmSync(tarballs, { recursive: true, force: true })
mkdirSync(tarballs, { recursive: true })

const results = names.map((name) => {
  const tarball = join(tarballs, `${name}.tgz`)
  const isOk =
    keepsDirectives(name) &&
    run(name, 'pnpm', ['pack', '--out', tarball]) &&
    run(name, 'publint', ['run', tarball, '--strict']) &&
    // Without `node10`: that resolution knows no `exports`, so no second entry.
    run(name, 'attw', [tarball, '--profile', 'node16', '--no-emoji'])
  console.log(`${isOk ? 'ok    ' : 'FAILED'} ${name}`)
  return isOk
})
process.exitCode = results.every(Boolean) ? 0 : 1

/**
 * What is marked as client code for server components has to be marked in what is built, too: bundling loses it easily.
 * @param {string} name
 */
function keepsDirectives(name) {
  const folder = join(root, 'packages', name)
  const marked = readdirSync(join(folder, 'src')).filter(
    (file) =>
      /^[\w-]+\.tsx?$/.test(file) && /^['"]use client/.test(readFileSync(join(folder, 'src', file), 'utf8')),
  )
  return marked.every((file) =>
    ['js', 'cjs'].every((extension) => {
      const built = file.replace(/tsx?$/, extension)
      const isKept = /^['"]use client/.test(readFileSync(join(folder, 'dist', built), 'utf8'))
      if (!isKept) console.error(`packages/${name}/dist/${built} has lost 'use client'`)
      return isKept
    }),
  )
}

/** @param {string} name */
function isPublic(name) {
  try {
    return JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')).private !== true
  } catch {
    return false
  }
}

/**
 * Prints what the command said only when it failed.
 * @param {string} name @param {string} command @param {string[]} args
 */
function run(name, command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: join(root, 'packages', name),
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (status !== 0) console.error(`${command} ${args.join(' ')}\n${stdout}${stderr}${error?.message ?? ''}`)
  return status === 0
}
