/** `npm run docs:build`: the site of `docs`, and a page for every export below `/api`. */
import { join } from 'node:path'
import { build } from 'vitepress'
import { root } from './bootstrap.mjs'
import { buildApiPages } from './build-api-pages.mjs'

const docs = join(root, 'docs')

await build(docs)
await buildApiPages(join(docs, '.vitepress/dist/api'))
