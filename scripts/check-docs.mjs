/**
 * Holds the pages to the code: every block of TypeScript compiles, every relative link leads somewhere, the
 * reference names every option with its default and range, and every error code, the map every file of core, what
 * is covered every item, and none of them names what does not exist.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkCoverage } from './check-coverage.mjs'
import { readApi, readServerApi } from './docs-api.mjs'
import { compileBlocks } from './docs-compile.mjs'
import { readPage } from './docs-page.mjs'
import { isMain } from './is-main.mjs'

/** @typedef {import('./docs-page.mjs').Page} Page */

const README = 'README.md'
const MOST_LINES = 119
const IGNORED = /node_modules|\.vitepress/
const MAP = 'ARCHITECTURE.md'
/** Whose files the map names, and what stands before their names there. */
const MAPPED = {
  'packages/core/src': '',
  'packages/server/src': 'server/',
  'packages/server/src/raw': 'server/raw/',
  'packages/server/src/faults': 'server/faults/',
  'packages/server/src/pusher': 'server/pusher/',
}
const OPTIONS = 'docs/reference/options.md'
const SERVER_OPTIONS = 'docs/reference/server.md'
const ERRORS = 'docs/concepts/errors.md'

/**
 * Every breach, as `file:line message`.
 * @param {string} root the folder that holds `README.md`, `docs` and `packages`
 */
export async function checkDocs(root) {
  /** @type {Map<string, Page>} */
  const pages = new Map(
    listPages(root).map((page) => [page, readPage(readFileSync(join(root, page), 'utf8'))]),
  )
  const sources = [...pages].map(([page, { blocks }]) => ({ page, blocks }))
  return [
    ...checkLength(root),
    ...[...pages.keys()].flatMap((page) => checkLinks(root, page, pages)),
    ...compileBlocks(sources),
    ...(await checkReference(root, pages)),
    ...checkMap(root, pages.get(MAP)),
    ...checkCoverage(root, pages.get('docs/coverage.md')),
  ]
}

/** @param {string} root */
function listPages(root) {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  const packages = readdirSync(join(root, 'packages')).map((name) => join('packages', name, README))
  return [
    README,
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    ...packages,
    ...docs.map((name) => join('docs', name)),
  ]
    .filter((page) => page.endsWith('.md') && !IGNORED.test(page) && existsSync(join(root, page)))
    .sort()
}

/** @param {string} root */
function checkLength(root) {
  const lines = readFileSync(join(root, README), 'utf8').trimEnd().split('\n').length
  return lines > MOST_LINES ? [`${README}:${lines} has ${lines} lines, which is over ${MOST_LINES}`] : []
}

/** @param {string} root @param {string} page @param {ReadonlyMap<string, Page>} pages */
function checkLinks(root, page, pages) {
  return (pages.get(page)?.links ?? []).flatMap(({ line, target }) => {
    if (/^[a-z]+:/.test(target)) return []
    const [path = '', anchor] = target.split('#')
    const file = path === '' ? page : relative(root, join(root, dirname(page), path))
    if (!existsSync(join(root, file))) return [`${page}:${line} links to ${target}, which does not exist`]
    const isMissing = anchor !== undefined && pages.get(file)?.anchors.has(anchor) === false
    return isMissing ? [`${page}:${line} links to ${target}, but ${file} has no such heading`] : []
  })
}

/** @param {string} root @param {ReadonlyMap<string, Page>} pages */
async function checkReference(root, pages) {
  const core = await readApi(root)
  const server = await readServerApi(root)
  const codes = new Set([...core.codes, ...(server?.codes ?? [])])
  return [
    ...checkOptions(OPTIONS, core, pages),
    ...(server ? checkOptions(SERVER_OPTIONS, server, pages) : []),
    ...checkNames(ERRORS, 'error code', codes, namedIn(pages.get(ERRORS))),
  ]
}

/** @param {string} page @param {import('./docs-api.mjs').Api} api @param {ReadonlyMap<string, Page>} pages */
function checkOptions(page, { options, numbers }, pages) {
  const named = namedIn(pages.get(page))
  const known = new Set([...options, ...numbers.keys()])
  return [...checkNames(page, 'option', known, named), ...checkNumbers(page, numbers, named)]
}

/** @param {string} root @param {Page | undefined} page */
function checkMap(root, page) {
  const files = Object.entries(MAPPED).flatMap(([folder, prefix]) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder))
          .filter((name) => /^[\w-]+\.ts$/.test(name) && !/^test-|-test-/.test(name))
          .map((name) => prefix + name)
      : [],
  )
  const named = [...namedIn(page)].filter(([name]) => name.endsWith('.ts'))
  return checkNames(MAP, 'source file', new Set(files), new Map(named))
}

/**
 * What the tables of a page name in their first column.
 * @param {Page | undefined} page
 */
function namedIn(page) {
  /** @type {Map<string, import('./docs-page.mjs').Row>} */
  const named = new Map()
  for (const row of page?.rows ?? []) {
    const name = /^`([^`]+)`$/.exec(row.cells[0] ?? '')?.[1]
    if (name !== undefined) named.set(name, row)
  }
  return named
}

/**
 * @param {string} page @param {string} kind @param {ReadonlySet<string>} known
 * @param {ReturnType<typeof namedIn>} named
 */
function checkNames(page, kind, known, named) {
  const missing = [...known].filter((name) => !named.has(name))
  const stale = [...named].filter(([name]) => !known.has(name))
  return [
    ...missing.map((name) => `${page}:1 has no row for the ${kind} \`${name}\``),
    ...stale.map(([name, { line }]) => `${page}:${line} names \`${name}\`, which is no ${kind}`),
  ]
}

/**
 * @param {string} page @param {import('./docs-api.mjs').Api['numbers']} numbers
 * @param {ReturnType<typeof namedIn>} named
 */
function checkNumbers(page, numbers, named) {
  return [...numbers].flatMap(([name, { fallback, range }]) => {
    const { line, cells } = named.get(name) ?? {}
    if (!cells) return []
    const [, givenFallback, givenRange] = cells
    return [
      ...(givenFallback === fallback
        ? []
        : [`the default of \`${name}\` is ${fallback}, not ${givenFallback}`]),
      ...(givenRange === range ? [] : [`the range of \`${name}\` is ${range}, not ${givenRange}`]),
    ].map((message) => `${page}:${line} ${message}`)
  })
}

if (isMain(import.meta.url)) {
  const breaches = await checkDocs(join(fileURLToPath(import.meta.url), '../..'))
  for (const breach of breaches) console.error(breach)
  console.log(breaches.length === 0 ? 'The pages hold.' : `\n${breaches.length} breaches of the pages`)
  process.exitCode = breaches.length === 0 ? 0 : 1
}
