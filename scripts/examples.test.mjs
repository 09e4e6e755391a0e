import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './bootstrap.mjs'
import { pages, programs } from './demo-server.mjs'

const MOST_LINES = 200
/** It has every part of an application: who somebody is, what they may see, what they do, and what they are told. */
const LARGER = new Map([['booking-react', 330]])
/** The page that lists them all, and the one where every fault has a button, are no examples to copy from. */
const examples = [...pages, ...programs].filter((name) => name !== 'home' && name !== 'gallery')

/** Lines with something in them, of what runs on the page or is the program: its server is another matter. */
function countLines(/** @type {string} */ name) {
  const folder = join(root, 'examples', name)
  return ['.', 'src']
    .flatMap((part) => readdirSync(join(folder, part)).map((file) => join(folder, part, file)))
    .filter((file) => /\.(html|css|jsx?|tsx?|vue)$/.test(file))
    .filter((file) => !/test|\.d\.ts$|\bbackend\.ts$/.test(file.slice(folder.length)))
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .filter((line) => line.trim() !== '').length
}

describe.each(examples)('the example %s', (name) => {
  it('is short enough to be read', () => {
    expect(countLines(name)).toBeLessThan(LARGER.get(name) ?? MOST_LINES)
  })

  it('has one page of words with the one command that starts it', () => {
    const text = readFileSync(join(root, 'examples', name, 'README.md'), 'utf8')
    expect([...text.matchAll(/^# /gm)]).toHaveLength(1)
    expect([...text.matchAll(/^```sh\n([^`]*)```$/gm)].map(([, commands]) => commands)).toEqual([
      `npm run demo -- ${name}\n`,
    ])
  })
})
