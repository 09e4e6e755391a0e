import { build } from 'esbuild'

/**
 * Makes one file of a program in the docs, with our packages from source.
 * @param {string} entry @param {string} outfile @param {'node' | 'browser'} [platform]
 */
export async function bundleProgram(entry, outfile, platform = 'node') {
  await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    platform,
    jsx: 'automatic',
    conditions: ['@org/source'],
    external: ['ws'],
    define: {
      __VUE_OPTIONS_API__: 'true',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'true',
    },
    outfile,
    logLevel: 'silent',
  })
}
