import type { Options } from 'tsup'

interface Build {
  /** Entry names without extension, each a file of `src`. */
  readonly entries: readonly string[]
  /** Modules reached only through the package's own `imports`: built, but without types. */
  readonly internal?: readonly string[]
  /** Builds `src/index.ts` for script tags too, as `dist/<file>.global.js` under this global name. */
  readonly global?: { readonly file: string; readonly name: string }
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
