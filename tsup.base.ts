import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { transform } from 'esbuild'
import type { Options } from 'tsup'

interface Build {
  /** Entry names without extension, each a file of `src`. */
  readonly entries: readonly string[]
  /** Modules reached only through the package's own `imports`: built, but without types. */
  readonly internal?: readonly string[]
  /** Builds `src/index.ts` for script tags too, as `dist/<file>.global.js` under this global name. */
  readonly global?: { readonly file: string; readonly name: string }
}

/** Left to itself, tsup turns split ESM into CJS by sucrase, which makes a closure of every `?.` and `??`. */
const commonJsByEsbuild: NonNullable<Options['plugins']>[number] = {
  name: 'common-js-by-esbuild',
  buildStart() {
    if (this.format === 'cjs') this.splitting = false
  },
  async renderChunk(code, { path }) {
    if (this.format !== 'cjs' || !path.endsWith('.cjs')) return undefined
    // With `platform: 'node'` Node sees the names that the module exports.
    const options = { platform: 'node', target: 'es2022', sourcemap: true, sourcefile: path } as const
    return transform(code, { ...options, format: 'cjs' })
  },
  async buildEnd({ writtenFiles }) {
    const maps = writtenFiles.filter(({ name }) => name.endsWith('.cjs.map'))
    // What esbuild added has no source, so its file is named: by the path on this machine.
    for (const { name } of maps) {
      const map = await readFile(name, 'utf8')
      await writeFile(name, map.replaceAll(JSON.stringify(resolve(name, '..')).slice(1, -1), '.'))
    }
  },
}

/** ESM and CJS with types for both and, where asked, one file for script tags. */
export function defineBuild({ entries, internal = [], global }: Build): Options[] {
  const shared: Options = { target: 'es2022', sourcemap: true, treeshake: false, silent: true }
  const modules: Options = {
    ...shared,
    entry: toEntry([...entries, ...internal]),
    format: ['esm', 'cjs'],
    // Without shared chunks the CJS entries would each hold their own copy of every class.
    splitting: true,
    external: [/^#/],
    plugins: [commonJsByEsbuild],
    dts: { entry: toEntry(entries), compilerOptions: { ignoreDeprecations: '6.0' } },
    // The global build writes to the same folder at the same time.
    clean: ['**/*', '!*.global.*'],
  }
  return global ? [modules, { ...shared, ...toGlobal(global) }] : [modules]
}

function toGlobal({ file, name }: NonNullable<Build['global']>): Options {
  return {
    entry: { [file]: 'src/index.ts' },
    format: 'iife',
    globalName: name,
    platform: 'browser',
    minify: true,
    noExternal: [/.*/],
    define: { 'process.env.NODE_ENV': '"production"' },
    esbuildOptions(options) {
      options.conditions = ['@org/source', 'browser']
    },
  }
}

function toEntry(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `src/${name}.ts`]))
}
