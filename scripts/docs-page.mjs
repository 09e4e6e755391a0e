/** @typedef {'ts' | 'tsx' | 'vue'} Extension of code that is compiled */
/** @typedef {{ line: number, lines: string[] }} Part */
/** @typedef {{ line: number, extension: Extension, parts: Part[] }} Block code to compile as one module */
/** @typedef {{ line: number, target: string }} Link */
/** @typedef {{ line: number, cells: string[] }} Row */
/** @typedef {{ blocks: Block[], links: Link[], anchors: Set<string>, rows: Row[] }} Page */

const CONTINUES = '// continues'
const SETUP = /^<!-- setup:/

/**
 * Reads a page of Markdown. A block of code whose first line is `// continues` belongs to the one before; what
 * stands in `<!-- setup: ... -->` above a block belongs to it without being shown. Lines count from 1.
 * @param {string} text
 * @returns {Page}
 */
export function readPage(text) {
  const lines = text.split('\n')
  /** @type {Page} */
  const page = { blocks: [], links: [], anchors: new Set(), rows: [] }
  /** @type {Part[]} */
  let setups = []
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    const fence = /^\s*(```+)\s*(\S*)/.exec(line)
    if (fence) {
      const [, marks = '', language = ''] = fence
      const part = take(lines, index + 1, (other) => other.trim().startsWith(marks))
      if (isCompiled(language)) {
        addBlock(page.blocks, language, setups, part)
        setups = []
      }
      index += part.lines.length + 1
    } else if (SETUP.test(line)) {
      const part = take(lines, index, (other) => other.includes('-->'), true)
      index += part.lines.length - 1
      setups.push({ ...part, lines: part.lines.map((each) => each.replace(SETUP, '').replace(/-->.*/, '')) })
    } else readProse(page, line, index + 1)
  }
  return page
}

/**
 * The lines from `start` until one is the last, which is left out unless `withLast`.
 * @param {string[]} lines @param {number} start @param {(line: string) => boolean} isLast @param {boolean} [withLast]
 * @returns {Part}
 */
function take(lines, start, isLast, withLast = false) {
  const rest = lines.slice(start)
  const found = rest.findIndex(isLast)
  const end = found < 0 ? rest.length : found + Number(withLast)
  return { line: start + 1, lines: rest.slice(0, end) }
}

/** @param {string} language @returns {language is Extension} */
const isCompiled = (language) => ['ts', 'tsx', 'vue'].includes(language)

/** @param {Block[]} blocks @param {Extension} extension @param {Part[]} setups @param {Part} part */
function addBlock(blocks, extension, setups, part) {
  const before = blocks.at(-1)
  if (before && part.lines[0]?.trim() === CONTINUES) before.parts.push(...setups, part)
  else blocks.push({ line: part.line, extension, parts: [...setups, part] })
}

/** @param {Page} page @param {string} line @param {number} number */
function readProse(page, line, number) {
  const heading = /^#+\s+(.*)/.exec(line)?.[1]
  if (heading !== undefined) page.anchors.add(toAnchor(heading))
  if (/^\|.*\|\s*$/.test(line)) page.rows.push({ line: number, cells: toCells(line) })
  const shown = line.replace(/`[^`]*`/g, '')
  for (const [, target = ''] of shown.matchAll(/\]\(([^)\s]+)[^)]*\)/g))
    page.links.push({ line: number, target })
}

/** @param {string} line */
function toCells(line) {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim())
}

/**
 * As GitHub makes them.
 * @param {string} heading
 */
export function toAnchor(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')
}

/** The text of a block. @param {Block} block */
export function toCode({ parts }) {
  return parts.flatMap(({ lines }) => lines).join('\n')
}

/**
 * The code of every block below a heading of the second rank.
 * @param {string} text @param {string} heading
 */
export function codesBelow(text, heading) {
  const [, below] = text.split(`\n## ${heading}\n`)
  if (below === undefined) throw new Error(`There is no heading '${heading}'`)
  const [part = ''] = below.split('\n## ')
  return readPage(part).blocks.map(toCode)
}
