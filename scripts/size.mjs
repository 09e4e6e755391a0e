/**
 * What an application pays for an import: each row of `size-budgets.json` bundled for browsers in production,
 * minified, gzip -9. A row has an `entry` file, or `code` that resolves as if it lay in `bench`.
 * Fails above a row's ceiling, and on a row that cannot be built. kB = 1000 B. A row without a ceiling
 * has its budget as one; a ceiling above the budget stands for a budget that is not met yet, is said so
 * in the output, and only ever comes down.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { root } from './bootstrap.mjs'

/** @typedef {{ name: string, entry?: string, code?: string, budgetBytes: number, ceilingBytes?: number, externals?: string[] }} Row */

/** @type {Row[]} */
const rows = JSON.parse(readFileSync(join(root, 'size-budgets.json'), 'utf8'))
const width = Math.max(...rows.map(({ name }) => name.length))
let isWithin = true

for (const row of rows) {
  const result = await measure(row).catch((/** @type {Error} */ error) => error)
  if (result instanceof Error) {
    report('FAILED', row, `cannot be built: ${result.message}`)
    continue
  }
  const { gzipBytes, minifiedBytes } = result
  const { budgetBytes, ceilingBytes = budgetBytes } = row
  const verdict = gzipBytes > ceilingBytes ? 'FAILED' : gzipBytes > budgetBytes ? 'NOT MET' : 'ok'
  report(
    verdict,
    row,
    `${kB(gzipBytes)} of ${kB(budgetBytes)} kB gzip, ${kB(minifiedBytes)} kB minified` +
      (ceilingBytes > budgetBytes ? `; may not grow over ${kB(ceilingBytes)} kB` : ''),
  )
}
process.exitCode = isWithin ? 0 : 1

/** @param {Row} row */
async function measure({ entry, code, externals = [] }) {
  const { outputFiles } = await build({
    ...(entry !== undefined && { entryPoints: [join(root, entry)] }),
    ...(code !== undefined && { stdin: { contents: code, resolveDir: join(root, 'bench'), loader: 'ts' } }),
    absWorkingDir: root,
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions: ['@org/source', 'browser'],
    define: { 'process.env.NODE_ENV': '"production"' },
    external: externals,
    logLevel: 'silent',
  })
  const minified = outputFiles[0]?.contents ?? new Uint8Array()
  if (minified.length === 0) throw new Error('the bundle is empty: the entry must use what it measures')
  return { minifiedBytes: minified.length, gzipBytes: gzipSync(minified, { level: 9 }).length }
}

/** @param {'ok' | 'NOT MET' | 'FAILED'} verdict @param {Row} row @param {string} text */
function report(verdict, { name }, text) {
  isWithin &&= verdict !== 'FAILED'
  console.log(`${verdict.padEnd(7)} ${name.padEnd(width)}  ${text}`)
}

/** @param {number} bytes */
function kB(bytes) {
  return (bytes / 1000).toFixed(2)
}
