import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, it } from 'vitest'
import { root } from './bootstrap.mjs'

/** @param {string} entry @returns {Promise<string[]>} the files of devtools that a bundle of it holds */
async function devtoolsIn(entry) {
  const { metafile } = await build({
    entryPoints: [join(root, 'packages', entry)],
    bundle: true,
    write: false,
    outdir: 'unused',
    metafile: true,
    format: 'esm',
    platform: 'browser',
    packages: 'bundle',
    external: ['react', 'vue', '@tanstack/*', 'pinia'],
    conditions: ['@org/source'],
    logLevel: 'silent',
  })
  return Object.keys(metafile.inputs).filter((file) => file.includes('packages/devtools/'))
}

it.each([
  'core/src/index.ts',
  'pusher/src/index.ts',
  'mqtt/src/index.ts',
  'raw-ws/src/index.ts',
  'react/src/index.ts',
  'react/src/query.ts',
  'vue/src/index.ts',
  'vue/src/query.ts',
  'vue/src/pinia.ts',
])('%s brings nothing of the inspector', async (entry) => {
  expect(await devtoolsIn(entry)).toEqual([])
})

it.each(['react/src/inspector.ts', 'vue/src/inspector.ts'])('%s brings it', async (entry) => {
  expect(await devtoolsIn(entry)).not.toEqual([])
})
