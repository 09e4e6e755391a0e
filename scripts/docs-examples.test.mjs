import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { bundleProgram } from './bundle-program.mjs'
import { readPage, toCode } from './docs-page.mjs'

// Compilers are slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const root = join(fileURLToPath(import.meta.url), '../..')

/**
 * Runs the blocks of a page as a program; returns the lines it prints.
 * @param {string} text @param {string} entry the name in the first line of the block to start with, if there are several
 */
async function run(text, entry = 'main.ts') {
  mkdirSync(join(root, '.cache'), { recursive: true })
  const folder = mkdtempSync(join(root, '.cache/example-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const block of readPage(text).blocks) {
    const code = toCode(block)
    writeFileSync(join(folder, /^\/\/ (\S+\.ts)\n/.exec(code)?.[1] ?? entry), code)
  }
  const outfile = join(folder, 'out.mjs')
  await bundleProgram(join(folder, entry), outfile)
  const { stdout } = await promisify(execFile)(process.execPath, [outfile])
  return stdout.trim().split('\n')
}

describe('the pages', () => {
  it('README.md prints what it says', async () => {
    const text = readFileSync(join(root, 'README.md'), 'utf8')
    const said = /^It prints (.*?)\. /m.exec(text)?.[1]?.matchAll(/`([^`]+)`/g) ?? []
    expect(await run(text)).toEqual([...said].map(([, line]) => line))
  })

  it('docs/tutorial.md prints what it says', async () => {
    const text = readFileSync(join(root, 'docs/tutorial.md'), 'utf8')
    const said = /## All of it\n\n```\n([^`]*)\n```/.exec(text)?.[1]?.split('\n')
    expect(await run(text)).toEqual(said)
  })
})
