import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from '../scripts/bootstrap.mjs'

/**
 * Bundles a program of `bench` with the sources of our packages, for Node and in production.
 * Returns the path of the bundle, which lies where the dependencies of `bench` are found.
 * @param {string} entry below `bench`
 */
export async function bundle(entry) {
  const folder = join(root, 'bench/node_modules/.cache/bench')
  const outfile = join(folder, `${entry.replaceAll('/', '-').replace(/\.ts$/, '')}.mjs`)
  mkdirSync(folder, { recursive: true })
  await build({
    entryPoints: [join(root, 'bench', entry)],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'node20',
    platform: 'node',
    conditions: ['@org/source'],
    define: { 'process.env.NODE_ENV': '"production"' },
    external: ['ws', 'ioredis', 'aedes', 'mqtt', 'mqtt-packet', 'paho-mqtt', 'u8-mqtt', 'pusher-js'],
    logLevel: 'warning',
  })
  return outfile
}
