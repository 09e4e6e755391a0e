import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Where a package is installed below a folder, however deep.
 * @param {string} folder @param {string} name
 * @returns {string[]}
 */
export function findInstalled(folder, name) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => toPath(path).endsWith(`node_modules/${name}/package.json`))
    .sort()
}

/**
 * Where the code of a package in bundles came from, by their source maps.
 * @param {string} folder @param {string} name
 * @returns {string[]}
 */
export function findBundled(folder, name) {
  if (!existsSync(folder)) return []
  const maps = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.map'),
  )
  const origin = new RegExp(`^.*node_modules/${name}(?=/)`)
  const places = maps.flatMap((path) => {
    /** @type {string[]} */
    const sources = JSON.parse(readFileSync(join(folder, path), 'utf8')).sources
    return sources.flatMap((source) => origin.exec(toPath(join(dirname(path), source)))?.[0] ?? [])
  })
  return [...new Set(places)].sort()
}

/** @param {string} path */
const toPath = (path) => path.split(/[\\/]/).join('/')
