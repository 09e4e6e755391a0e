/**
 * Writes the table of options of the server's command into its page, from the one table that has them:
 * `node scripts/run.mjs node scripts/build-option-table.mjs`. A test compares it with what is there.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { isMain } from './is-main.mjs'

const root = join(fileURLToPath(import.meta.url), '../..')
export const target = join(root, 'docs/guides/server-cli.md')
const [START, END] = ['<!-- options: made by scripts/build-option-table.mjs -->', '<!-- end of options -->']

/** The page with the table as it should be. */
export async function buildOptionTable() {
  const { optionTable, describeAccepts, describeFallback, toEnvName } = await load()
  const rows = optionTable.map(
    (row) =>
      `| \`${row.name}\` | ${describeFallback(row)} | ${describeAccepts(row.accepts)} | ${row.help} | \`${toEnvName(row.name)}\` |`,
  )
  const table = [
    '| option | default | accepts | what it does | environment |',
    '|---|---|---|---|---|',
    ...rows,
  ]
  const page = readFileSync(target, 'utf8')
  const [before = '', rest = ''] = page.split(START)
  const after = rest.slice(rest.indexOf(END))
  return `${before}${START}\n\n${table.join('\n')}\n\n${after}`
}

/** @returns {Promise<typeof import('../packages/server/src/config/option-table.ts') & typeof import('../packages/server/src/config/option-row.ts')>} */
async function load() {
  const contents = ['option-table', 'option-row'].map((name) => `export * from './${name}.ts'`).join('\n')
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: join(root, 'packages/server/src/config') },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  })
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')
  return import(`data:text/javascript;base64,${code}`)
}

if (isMain(import.meta.url)) writeFileSync(target, await buildOptionTable())
