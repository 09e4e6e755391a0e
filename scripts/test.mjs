/**
 * `npm test`: types, then every vitest project this machine can run. Arguments go to vitest, and leave
 * the types out. With `REQUIRE_ALL=1` a test that cannot run here is a failure.
 * The last line is `N passed, N failed, N skipped`, which CI reads.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { bootstrap, root } from './bootstrap.mjs'
import { isMissing, programs } from './programs.mjs'

const report = join(root, '.cache/vitest.json')
const filters = process.argv.slice(2)

await bootstrap()
const typesFail = filters.length === 0 && run('npm', ['run', '--silent', 'types']) !== 0
const { passed, failed, skipped } = runVitest()
const notRun = listNotRun()

const failures = [
  typesFail && 'types',
  failed > 0 && `${failed} tests`,
  ...(process.env['REQUIRE_ALL'] === '1' ? notRun : []),
]
const failing = failures.filter(Boolean)
console.log(failing.length > 0 ? `\nFailed: ${failing.join('; ')}` : '\nAll that ran passed.')
for (const line of notRun) console.log(`Not run: ${line}`)
if (filters.length > 0)
  console.log('Not run: types and all tests outside the filter, because arguments were given')
console.log(`\n${passed} passed, ${failing.length > 0 ? Math.max(failed, 1) : 0} failed, ${skipped} skipped`)
process.exitCode = failing.length > 0 ? 1 : 0

function runVitest() {
  rmSync(report, { force: true })
  const projects = ['node', 'dom', 'types', ...(isMissing('browser') ? [] : ['chromium', 'browser'])]
  const code = run('vitest', [
    'run',
    ...projects.map((project) => `--project=${project}`),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...filters,
  ])
  return readReport(code)
}

/**
 * A file that cannot be loaded holds no failed test, so it counts as one.
 * @param {number} code
 */
function readReport(code) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    )
    const unloadable = testResults.filter(
      (/** @type {{ status: string, assertionResults: unknown[] }} */ file) =>
        file.status === 'failed' && file.assertionResults.length === 0,
    ).length
    const failed = numFailedTests + unloadable
    return {
      passed: numPassedTests,
      failed: code === 0 ? failed : Math.max(failed, 1),
      skipped: numPendingTests + numTodoTests,
    }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

/** @returns {string[]} */
function listNotRun() {
  const files = ['packages', 'examples'].flatMap((folder) => findTests(join(root, folder)))
  return Object.entries(programs).flatMap(([need, { commands, install }]) => {
    const lost = files.filter((file) => file.includes(`.${need}.test.`))
    if (lost.length === 0 || !isMissing(need)) return []
    return [
      `${lost.length} ${need} test files because there is no ${commands[0]} (install: apt-get install ${install})`,
    ]
  })
}

/** @param {string} folder @returns {string[]} */
function findTests(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory())
      return /^(node_modules|dist)$/.test(entry.name) ? [] : findTests(join(folder, entry.name))
    return /\.test\.tsx?$/.test(entry.name) ? [entry.name] : []
  })
}

/** @param {string} command @param {string[]} args */
function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (error) console.error(`${command}: ${error.message}`)
  return status ?? 1
}
