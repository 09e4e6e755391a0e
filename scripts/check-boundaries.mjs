/**
 * Holds the packages to the rules of `boundary-rules.mjs`, and every file to: other packages only by their
 * entries, no default export, no clock but core's, no console, no cycle of files but of types alone.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rules } from './boundary-rules.mjs'
import { findCycles } from './find-cycles.mjs'
import { isMain } from './is-main.mjs'
import { readModule } from './read-module.mjs'

/** @typedef {import('./boundary-rules.mjs').Rule} Rule */
/** @typedef {import('./read-module.mjs').Import} Import */
/** @typedef {{ name: string, folder: string, manifest: Record<string, any> }} Package */
/** @typedef {{ path: string, isTest: boolean, module: import('./read-module.mjs').Module }} File */

const SCOPE = '@org/realtime-'
const CLOCK = ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'Date']
const CLOCK_AND_CHANCE = new Set([...CLOCK, 'performance', 'Math.random'])
const WATCHED = new Set([...CLOCK_AND_CHANCE, 'console'])

/**
 * Every breach, as `file:line message`.
 * @param {string} root the folder that holds `packages`
 */
export function checkBoundaries(root) {
  const packages = readPackages(root)
  return packages.flatMap((owner) => {
    const rule = rules[owner.name]
    if (!rule) return [`packages/${owner.name}:1 has no rule in scripts/boundary-rules.mjs`]
    const files = readFiles(join(owner.folder, 'src'))
    const breaches = files.flatMap((file) => {
      const found = [...checkImports(file, owner, rule, packages), ...checkContent(file, owner, rule)]
      return found.map(({ line, message }) => `${relative(root, file.path)}:${line} ${message}`)
    })
    return [...checkManifest(owner, rule), ...breaches, ...checkCycles(root, files)]
  })
}

/** @param {Package} owner @param {Rule} rule */
function checkManifest({ name, manifest }, rule) {
  return Object.keys(manifest['dependencies'] ?? {})
    .filter((dependency) => rule.dependencies?.includes(dependency) === false)
    .map((dependency) => `packages/${name}/package.json:1 may not depend on '${dependency}'`)
}

/** @param {File} file @param {Package} owner @param {Rule} rule @param {Package[]} packages */
function checkImports(file, owner, rule, packages) {
  return file.module.imports.flatMap((found) => {
    const problem =
      findEscape(found.specifier, file, owner) ??
      findUnknownEntry(found.specifier, packages) ??
      (file.isTest ? undefined : findForbidden(found, file.path, owner, rule))
    return problem === undefined ? [] : [{ line: found.line, message: problem }]
  })
}

/** Tests use the tools of the repository. @param {string} specifier @param {File} file @param {Package} owner */
function findEscape(specifier, { path, isTest }, owner) {
  if (specifier.startsWith('/')) return `imports the absolute path '${specifier}'`
  if (!specifier.startsWith('.')) return undefined
  const at = resolve(dirname(path), specifier)
  const isTool = isTest && at.startsWith(resolve(owner.folder, '../../scripts') + sep)
  return isTool || at.startsWith(owner.folder + sep)
    ? undefined
    : `leaves its package with '${specifier}': import the entry of that package`
}

/** @param {string} specifier @param {Package[]} packages */
function findUnknownEntry(specifier, packages) {
  if (!specifier.startsWith(SCOPE)) return undefined
  const [name = '', ...path] = specifier.slice(SCOPE.length).split('/')
  const target = packages.find((candidate) => candidate.name === name)
  if (!target) return `imports '${specifier}', which is no package here`
  const entry = ['.', ...path].join('/')
  return entry in (target.manifest['exports'] ?? {})
    ? undefined
    : `'${specifier}' is no entry of that package`
}

/** @param {Import} found @param {string} path @param {Package} owner @param {Rule} rule */
function findForbidden({ specifier, isReexport }, path, owner, rule) {
  if (specifier.startsWith('.')) return undefined
  if (specifier.startsWith('#'))
    return specifier in (owner.manifest['imports'] ?? {}) ? undefined : `'${specifier}' is not in its imports`
  if (specifier.startsWith('node:')) {
    const mayUseNode = rule.isIsomorphic === false || /-node\.tsx?$/.test(path)
    return mayUseNode ? undefined : `imports '${specifier}' outside a file named x-node.ts`
  }
  if (isReexport && rule.reexports?.includes(specifier)) return undefined
  // A rule that names a package of npm covers all its paths; our own are named entry by entry.
  const files = rule.imports[specifier.startsWith(SCOPE) ? specifier : packageOf(specifier)]
  if (files === undefined) return `${owner.name} may not import '${specifier}'`
  const isAllowedHere = relative(join(owner.folder, 'src'), path).startsWith(files)
  if (!isAllowedHere) return `'${specifier}' may be imported by ${files}* only`
  const { dependencies, peerDependencies } = owner.manifest
  const isDeclared = packageOf(specifier) in { ...dependencies, ...peerDependencies }
  return isDeclared ? undefined : `'${specifier}' is missing from dependencies and peerDependencies`
}

/** @param {string} specifier */
function packageOf(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

/** @param {File} file @param {Package} owner @param {Rule} rule */
function checkContent({ path, isTest, module }, owner, rule) {
  const name = relative(join(owner.folder, 'src'), path)
  const mayTellTime = rule.mayTellTime === 'all' || rule.mayTellTime?.includes(name)
  const globals = isTest ? [] : module.globals
  return [
    ...(rule.mayExportDefault?.includes(name) ? [] : module.defaultExports).map(({ line }) => ({
      line,
      message: 'has a default export',
    })),
    ...module.exportsAll
      .filter((all) => !(rule.mayExportAll && all.name === '@org/realtime-core'))
      .map((all) => ({ line: all.line, message: `exports everything of '${all.name}'` })),
    ...globals
      .filter((used) => CLOCK_AND_CHANCE.has(used.name) && !mayTellTime)
      .map((used) => ({ line: used.line, message: `uses ${used.name}: take the Clock instead` })),
    ...globals
      .filter((used) => used.name === 'console' && !rule.mayPrint?.includes(name))
      .map((used) => ({ line: used.line, message: 'uses console: take the trace or an error instead' })),
  ]
}

/** @param {string} root @param {File[]} files */
function checkCycles(root, files) {
  const sources = files.filter(({ isTest }) => !isTest)
  const known = new Set(sources.map(({ path }) => path))
  const graph = new Map(sources.map((file) => [file.path, localImports(file, known)]))
  return findCycles(graph).map((cycle) => {
    const names = [...cycle, cycle[0] ?? ''].map((path) => relative(root, path))
    return `${names[0]}:1 is in a cycle: ${names.map((name) => name.split(sep).slice(3).join('/')).join(' -> ')}`
  })
}

/** @param {File} file @param {ReadonlySet<string>} known */
function localImports({ path, module }, known) {
  return module.imports
    .filter(({ specifier, isType }) => specifier.startsWith('.') && !isType)
    .map(({ specifier }) => resolve(dirname(path), specifier))
    .flatMap((base) => [base, `${base}.ts`, `${base}.tsx`, join(base, 'index.ts')])
    .filter((candidate) => known.has(candidate))
}

/** @param {string} root @returns {Package[]} */
function readPackages(root) {
  return readdirSync(join(root, 'packages'))
    .map((name) => ({ name, folder: join(root, 'packages', name) }))
    .filter(({ folder }) => existsSync(join(folder, 'package.json')))
    .map((found) => ({
      ...found,
      manifest: JSON.parse(readFileSync(join(found.folder, 'package.json'), 'utf8')),
    }))
}

/** @param {string} folder @returns {File[]} */
function readFiles(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .sort()
    .map((name) => {
      const path = join(folder, name)
      const isTest = /(\.test|\.test-d|test-setup)\.tsx?$/.test(name)
      return { path, isTest, module: readModule(path, readFileSync(path, 'utf8'), WATCHED) }
    })
}

if (isMain(import.meta.url)) {
  const breaches = checkBoundaries(join(fileURLToPath(import.meta.url), '../..'))
  for (const breach of breaches) console.error(breach)
  console.log(breaches.length === 0 ? 'Boundaries hold.' : `\n${breaches.length} breaches of the boundaries`)
  process.exitCode = breaches.length === 0 ? 0 : 1
}
