import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** @typedef {import('./docs-page.mjs').Block} Block */
/** @typedef {{ page: string, blocks: readonly Block[] }} Source */

const repository = join(fileURLToPath(import.meta.url), '../..')
/** The first that knows a kind of file compiles it. */
const compilers = [
  { knows: /\.tsx?$/, program: join(repository, 'node_modules/ts7/bin/tsc') },
  { knows: /\.vue$/, program: join(repository, 'node_modules/vue-tsc/bin/vue-tsc.js') },
]
/** What a page of this kind declares holds for its whole program, so it gets one of its own. */
const AUGMENTS = /^\s*declare (module|global)/m
/** The first line of a block may name it, so that others of its page can import it. */
const NAME = /^\/\/ ([\w./-]+\.tsx?)$/

/**
 * Compiles every block as a module of its own against the source of the workspace, without writing anything.
 * @param {readonly Source[]} sources
 * @returns {string[]} every error as `page:line message`
 */
export function compileBlocks(sources) {
  const used = sources.filter(({ blocks }) => blocks.length > 0)
  const apart = used.filter(({ blocks }) => blocks.some((block) => AUGMENTS.test(toModule(block))))
  const together = used.filter((source) => !apart.includes(source))
  return [together, ...apart.map((source) => [source])].flatMap((group) =>
    group.length ? compile(group) : [],
  )
}

/** @param {readonly Source[]} sources */
function compile(sources) {
  // Below the repository, so that packages are found from there.
  const cache = join(repository, '.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'docs-'))
  try {
    const files = sources.flatMap(({ blocks }, index) =>
      blocks.map((block) => {
        const file = join(`${index}`, toFileName(block, blocks))
        mkdirSync(dirname(join(folder, file)), { recursive: true })
        writeFileSync(join(folder, file), toModule(block))
        return file
      }),
    )
    return compilers.flatMap(({ knows, program }) => {
      const known = files.filter((file) => knows.test(file))
      return known.length ? run(program, folder, known).flatMap((line) => toError(line, sources)) : []
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What a compiler says of these files. @param {string} program @param {string} folder @param {readonly string[]} files */
function run(program, folder, files) {
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(toConfig(files)))
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, '-p', '.', '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  })
  // Errors in the packages themselves are reported by `npm run types`.
  if (status !== 0 && !/error TS/.test(stdout)) throw new Error(`${program} failed: ${stdout}${stderr}`)
  return stdout.split('\n')
}

/** @param {Block} block @param {readonly Block[]} blocks */
function toFileName(block, blocks) {
  const name = nameOf(block)
  const isFirst = name !== undefined && blocks.find((other) => nameOf(other) === name) === block
  return isFirst ? name : `line-${block.line}.${block.extension}`
}

/** @param {Block} block */
function nameOf({ parts }) {
  return parts.map(({ lines: [first = ''] }) => NAME.exec(first)?.[1]).find((name) => name !== undefined)
}

/**
 * The code of a block on the very lines on which it stands in its page.
 * @param {Block} block
 */
function toModule({ parts }) {
  /** @type {string[]} */
  const lines = []
  for (const part of parts) {
    while (lines.length < part.line - 1) lines.push('')
    lines.push(...part.lines)
  }
  return lines.join('\n')
}

/** @param {readonly string[]} files */
function toConfig(files) {
  return {
    extends: '../../tsconfig.base.json',
    compilerOptions: {
      types: ['node'],
      moduleDetection: 'force',
      noUnusedLocals: false,
      noUnusedParameters: false,
    },
    files,
    vueCompilerOptions: { strictTemplates: true },
  }
}

/** @param {string} line @param {readonly Source[]} sources */
function toError(line, sources) {
  const [, index, row, message] = /^(\d+)[/\\].+?\((\d+),\d+\): error TS\d+: (.*)/.exec(line) ?? []
  const source = sources[Number(index)]
  return source ? [`${source.page}:${row} ${message}`] : []
}
