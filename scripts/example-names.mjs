/** What examples there are. Plain Node, because `npm run demo -- --help` tells them before anything is installed. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './bootstrap.mjs'

export const folder = join(root, 'examples')

/** The names of all that have a page. */
export const pages = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'index.html')))

/** The names of all that are programs of their own. */
export const programs = readdirSync(folder).filter(
  (name) => existsSync(join(folder, name, 'src/main.ts')) && !pages.includes(name),
)
