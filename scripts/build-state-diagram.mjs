/**
 * Writes the picture and the table of the statuses from what real clients do:
 * `node scripts/run.mjs node scripts/build-state-diagram.mjs`. A test compares them with what is there.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './bootstrap.mjs'
import { exploreStates } from './explore-states.mjs'
import { isMain } from './is-main.mjs'

/** @typedef {import('./explore-states.mjs').Move} Move */
/** @typedef {{ readonly x: number, readonly y: number, readonly width: number }} Place */
/** @typedef {{ from: readonly string[], to: readonly string[], path: string, label: string, at: readonly [x: number, y: number, anchor?: string] }} Arrow */

export const picture = join(root, 'docs/concepts/states.svg')
export const page = join(root, 'docs/concepts/states.md')
const START = '<!-- moves: made by scripts/build-state-diagram.mjs -->'
const END = '<!-- end of moves -->'
const [WIDTH, HEIGHT] = [560, 430]

/** @type {Readonly<Record<string, Place>>} */
const places = {
  idle: { x: 110, y: 45, width: 100 },
  connecting: { x: 110, y: 160, width: 120 },
  connected: { x: 420, y: 160, width: 120 },
  reconnecting: { x: 420, y: 240, width: 130 },
  paused: { x: 90, y: 380, width: 100 },
  closed: { x: 325, y: 380, width: 90 },
  failed: { x: 465, y: 380, width: 90 },
}
const names = Object.keys(places)
const boxes = { wanted: [20, 110, 520, 170], over: [250, 345, 290, 70] }
const wanted = ['connecting', 'connected', 'reconnecting']
const over = ['closed', 'failed']

/** @type {readonly Arrow[]} */
const arrows = [
  { from: ['idle'], to: ['connecting'], path: 'M90,62V141', label: 'needed', at: [98, 96] },
  {
    from: ['connecting'],
    to: ['connected'],
    path: 'M171,160H357',
    label: 'accepted',
    at: [264, 152, 'middle'],
  },
  { from: ['connected'], to: ['reconnecting'], path: 'M400,178V221', label: 'lost', at: [392, 204, 'end'] },
  { from: ['reconnecting'], to: ['connected'], path: 'M440,222V179', label: 'accepted', at: [448, 204] },
  {
    from: wanted,
    to: ['idle'],
    path: 'M250,110C250,66 220,45 163,45',
    label: 'unused for 5 s',
    at: [250, 74],
  },
  { from: wanted, to: ['paused'], path: 'M60,280V361', label: 'pauses', at: [66, 312] },
  {
    from: ['paused'],
    to: ['connecting', 'reconnecting'],
    path: 'M120,362V282',
    label: 'goes on',
    at: [127, 338],
  },
  { from: wanted, to: ['closed'], path: 'M325,280V361', label: 'close()', at: [333, 318] },
  { from: wanted, to: ['failed'], path: 'M465,280V361', label: 'gives up', at: [473, 318] },
  {
    from: over,
    to: ['connecting'],
    path: 'M250,372C212,366 190,300 146,180',
    label: 'connect()',
    at: [215, 326],
  },
]
/** Those that would only make the picture harder to read; they are in the table. */
const notDrawn = [
  'idle closed',
  'idle paused',
  'paused idle',
  'paused closed',
  'closed paused',
  'failed paused',
]

/** @type {Readonly<Record<string, string>>} What the words of the explain log are for readers. */
const words = {
  held: 'needed',
  opened: '`connect()`',
  ready: 'accepted',
  unused: 'unused',
  asked: 'asked',
  hidden: 'hidden',
  close: '`close()`',
}

/** Both as they should be. */
export async function buildStateDiagram() {
  const moves = await exploreStates()
  const [before = '', rest = ''] = readFileSync(page, 'utf8').split(START)
  const text = `${before}${START}\n\n${toTable(moves)}\n\n${rest.slice(rest.indexOf(END))}`
  return { picture: draw(moves), page: text }
}

/** Throws when an arrow is not what clients do, or they do what no arrow shows. @param {readonly Move[]} moves */
function draw(moves) {
  const seen = new Set(moves.map(({ from, to }) => `${from} ${to}`))
  const shown = [
    ...notDrawn,
    ...arrows.flatMap(({ from, to }) => from.flatMap((one) => to.map((other) => `${one} ${other}`))),
  ]
  const wrong = shown.filter((move) => !seen.has(move))
  const missing = [...seen].filter((move) => !shown.includes(move))
  if (wrong.length + missing.length > 0)
    throw new Error(`build-state-diagram.mjs shows ${wrong.join(', ')}, and not ${missing.join(', ')}`)
  const parts = [
    ...Object.values(boxes).map(
      ([x, y, width, height]) =>
        `<rect class="box" x="${x}" y="${y}" width="${width}" height="${height}" rx="14"/>`,
    ),
    ...arrows.map(({ path }) => `<path d="${path}" marker-end="url(#tip)"/>`),
    ...arrows.map(
      ({ label, at: [x, y, anchor = 'start'] }) =>
        `<text x="${x}" y="${y}" text-anchor="${anchor}">${label}</text>`,
    ),
    ...Object.entries(places).flatMap(([name, { x, y, width }]) => [
      `<rect class="state" x="${x - width / 2}" y="${y - 17}" width="${width}" height="34" rx="8"/>`,
      `<text class="name" x="${x}" y="${y + 5}" text-anchor="middle">${name}</text>`,
    ]),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="How a connection moves from status to status">
<style>
svg { background: #fff; font: 14px system-ui, sans-serif }
.box { fill: #f3f5f9; stroke: #c3cad6 }
.state { fill: #fff; stroke: #3451b2 }
path { fill: none; stroke: #5b6575; stroke-width: 1.5 }
marker path { fill: #5b6575; stroke: none }
text { fill: #434b58 }
.name { fill: #17202e; font-weight: 600 }
@media (prefers-color-scheme: dark) {
svg { background: #1b1b1f }
.box { fill: #23232a; stroke: #4a4f5c }
.state { fill: #1b1b1f; stroke: #a8b1ff }
path { stroke: #a9b2c0 }
marker path { fill: #a9b2c0 }
text { fill: #c3cad6 }
.name { fill: #f0f3f8 }
}
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0,0L8,4L0,8z"/></marker></defs>
${parts.join('\n')}
</svg>
`
}

/** @param {readonly Move[]} moves */
function toTable(moves) {
  const causeOf = (/** @type {string} */ from, /** @type {string} */ to) =>
    moves
      .find((move) => move.from === from && move.to === to)
      ?.causes.map((cause) => words[cause] ?? `\`${cause}\``)
      .join(', ') ?? ''
  const rows = names.map((from) => `| \`${from}\` | ${names.map((to) => causeOf(from, to)).join(' | ')} |`)
  return [
    `| from | ${names.map((to) => `to \`${to}\``).join(' | ')} |`,
    `|---|${names.map(() => '---').join('|')}|`,
    ...rows,
  ].join('\n')
}

if (isMain(import.meta.url)) {
  const made = await buildStateDiagram()
  writeFileSync(picture, made.picture)
  writeFileSync(page, made.page)
}
