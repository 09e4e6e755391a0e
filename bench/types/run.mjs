// Measures what a large registry costs the type checker: node bench/types/run.mjs [tsc.js ...]
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { forms, generate } from './generate.mjs'

/** What the pattern form may cost, calls and registry together. */
const BUDGET = 100_000

const workspace = resolve(import.meta.dirname, '../..')
const { resolve: find } = createRequire(import.meta.url)
const folder = mkdtempSync(join(tmpdir(), 'realtime-types-'))
process.on('exit', () => rmSync(folder, { recursive: true }))

const native = join(dirname(find('ts7/package.json')), 'bin/tsc')
const compilers = [
  native,
  join(dirname(find('typescript/package.json')), 'lib/tsc.js'),
  ...process.argv.slice(2),
]

emitCore()
const rows = compilers.flatMap((compiler) =>
  forms.map((form) => ({ version: version(compiler), form, ...measure(compiler, form) })),
)
console.table(rows)
const worst = Math.max(
  ...rows.filter(({ form }) => form === 'pattern').map(({ instantiations }) => instantiations),
)
console.log(`pattern form: ${worst} instantiations, budget ${BUDGET}`)
process.exitCode = worst <= BUDGET && rows.every(({ errors }) => !errors) ? 0 : 1

/** Apps see declarations, not sources. */
function emitCore() {
  const options = [
    '--noEmit',
    'false',
    '--declaration',
    '--emitDeclarationOnly',
    '--outDir',
    join(folder, 'core'),
    '--rootDir',
    join(workspace, 'packages/core/src'),
  ]
  spawnSync(process.execPath, [native, '-p', join(workspace, 'packages/core'), ...options], {
    stdio: 'ignore',
  })
}

/** @param {string} compiler @param {import('./generate.mjs').Form} form */
function measure(compiler, form) {
  const program = join(folder, form.replace(' ', '-'))
  mkdirSync(program, { recursive: true })
  generate(program, form, '../core/index.js')
  writeFileSync(
    join(program, 'tsconfig.json'),
    JSON.stringify({ extends: join(workspace, 'tsconfig.base.json'), include: ['*.ts'] }),
  )
  const { stdout } = spawnSync(process.execPath, [compiler, '-p', program, '--extendedDiagnostics'], {
    encoding: 'utf8',
  })
  const errors = stdout.split('\n').filter((line) => line.includes('error TS'))
  if (errors[0]) console.error(errors[0])
  return {
    errors: errors.length,
    instantiations: read(stdout, 'Instantiations'),
    types: read(stdout, 'Types'),
    checkSeconds: read(stdout, 'Check time'),
    totalSeconds: read(stdout, 'Total time'),
    memoryMB: Math.round(read(stdout, 'Memory used') / 1024),
  }
}

/** @param {string} text @param {string} name */
function read(text, name) {
  return Number(new RegExp(`^${name}:\\s+([\\d.]+)`, 'm').exec(text)?.[1])
}

/** @param {string} compiler */
function version(compiler) {
  return spawnSync(process.execPath, [compiler, '--version'], { encoding: 'utf8' })
    .stdout.replace('Version', '')
    .trim()
}
