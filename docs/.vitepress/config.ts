import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'
import { toAnchor } from '../../scripts/docs-page.mjs'
import { insertScriptTags } from '../../scripts/script-tags.mjs'
import { hideMarks, linkToRepository } from './links.ts'
import { createSidebar } from './sidebar.ts'

const docs = join(fileURLToPath(import.meta.url), '../..')

export default defineConfig({
  title: '@org/realtime',
  description: 'A typed realtime client that comes back',
  lang: 'en',
  cleanUrls: true,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: '/icon.svg' }]],
  srcExclude: ['node_modules/**'],
  markdown: {
    anchor: { slugify: toAnchor },
    config(markdown) {
      linkToRepository(markdown)
      hideMarks(markdown)
      markdown.core.ruler.before('normalize', 'script-tags', (state) => {
        state.src = insertScriptTags(state.src)
      })
    },
  },
  themeConfig: {
    nav: [
      { text: 'Quickstart', link: '/quickstart' },
      { text: 'Guides', link: '/guides/typing' },
      { text: 'Options', link: '/reference/options' },
      { text: 'API', link: '/api/', target: '_self' },
    ],
    sidebar: createSidebar(docs),
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: 'https://github.com/org/realtime' }],
  },
})
