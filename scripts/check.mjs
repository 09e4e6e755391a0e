/** `npm run check`: every check but the tests, each timed, all of them even after one has failed. */
import { spawnSync } from 'node:child_process'
import { bootstrap, root } from './bootstrap.mjs'

const steps = [
  'lint',
  'types',
  'boundaries',
  'knip',
  'build',
  'packages',
  'consumers',
  'docs',
  'docs:build',
  'site',
  'size',
  'hosts',
]

await bootstrap()
const results = steps.map((step) => {
  console.log(`\n── ${step}`)
  const startedAt = performance.now()
  const { status } = spawnSync('npm', ['run', '--silent', step], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  return { step, isOk: status === 0, seconds: (performance.now() - startedAt) / 1000 }
})

console.log('\n── summary')
for (const { step, isOk, seconds } of results)
  console.log(`${isOk ? 'ok    ' : 'FAILED'} ${step.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s`)
process.exitCode = results.every(({ isOk }) => isOk) ? 0 : 1
