import { build } from 'esbuild'

/**
 * Makes one file for Node of a program in the docs, with our packages from source.
 * @param {string} entry @param {string} outfile
 */
export async function bundleProgram(entry, outfile) {
  await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@org/source'],
    external: ['ws'],
    outfile,
    logLevel: 'silent',
  })
}
