import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** What every script starts with. An Error has no own keys, so that it is shown by its message. */
export const IMPORTS = `
import * as core from '@org/realtime-core'
import { scenario } from './scenario.js'
const run = async (base) =>
  JSON.stringify(await scenario(core, base), (_, value) => (value instanceof Error ? String(value) : value))
`

const core = fileURLToPath(new URL('..', import.meta.url))

/**
 * A folder that has core installed as npm would, with the conditions of the real package.json: each
 * runtime and bundler then resolves `#ws` by its own rules.
 */
export async function installSubject(): Promise<string> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'realtime-runtimes-')))
  const installed = join(folder, 'node_modules/@org/realtime-core')
  mkdirSync(installed, { recursive: true })
  symlinkSync(join(core, 'node_modules/ws'), join(folder, 'node_modules/ws'))
  const { name, version, type, imports, main, ...fields } = JSON.parse(
    readFileSync(join(core, 'package.json'), 'utf8'),
  )
  const { exports, browser, 'react-native': native } = fields
  writeFileSync(
    join(installed, 'package.json'),
    JSON.stringify({
      name,
      version,
      type,
      main,
      exports,
      imports,
      browser,
      'react-native': native,
      dependencies: { ws: '*' },
    }),
  )
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ type: 'module', dependencies: { [name]: '*', ws: '*' } }),
  )
  const whole = join(core, 'src/index.ts')
  const entryPoints = {
    ...sourcesOf(imports),
    index: join(core, 'test-runtimes/subject.ts'),
    ...(existsSync(whole) && { whole }),
  }
  const shared = {
    entryPoints,
    bundle: true,
    external: ['#*', 'ws'],
    outdir: join(installed, 'dist'),
    target: 'es2022',
  }
  await build({ ...shared, format: 'esm' })
  await build({ ...shared, format: 'cjs', outExtension: { '.js': '.cjs' } })
  await build({
    entryPoints: [join(core, 'test-runtimes/scenario.ts')],
    outdir: folder,
    format: 'esm',
    target: 'es2022',
  })
  return folder
}

/** Every file that `imports` leads to, by the name of its source. */
function sourcesOf(imports: object): Record<string, string> {
  const files = JSON.stringify(imports).match(/\.\/dist\/[^"]+/g) ?? []
  const names = files.map((file) => basename(file).replace(/\.c?js$/, ''))
  return Object.fromEntries(names.map((name) => [name, join(core, `src/${name}.ts`)]))
}

/** One file for a runtime that takes no more: core is inside, resolved by these conditions. */
export async function bundle(folder: string, code: string, conditions: readonly string[]): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `${IMPORTS}${code}`, resolveDir: folder },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: [...conditions],
  })
  return (outputFiles[0] as { text: string }).text
}
