import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'
import { toAnchor } from '../../scripts/docs-page.mjs'
import { insertScriptTags } from '../../scripts/script-tags.mjs'
import { hideMarks, linkToRepository } from './links.ts'
import { writeLlms } from './llms.ts'
import { search } from './search.ts'
import { createSidebar } from './sidebar.ts'

const docs = join(fileURLToPath(import.meta.url), '../..')
const title = '@org/realtime'
const description =
  'A typed realtime client that comes back, over Pusher, Reverb, Soketi, MQTT or WebSocket, for React, Vue, plain pages and Node'
const sidebar = createSidebar(docs)

export default defineConfig({
  title,
  description,
  lang: 'en',
  cleanUrls: true,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: '/icon.svg' }]],
  srcExclude: ['node_modules/**'],
  buildEnd: ({ outDir }) => writeLlms({ title, description, sidebar, docs, site: outDir }),
  // The theme gives every page a landmark for what it is about, but the first.
  transformHtml: (html) => html.replace('class="VPHome"', 'class="VPHome" role="main"'),
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
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
      { text: 'Recipes', link: '/recipes' },
      { text: 'Options', link: '/reference/options' },
      { text: 'API', link: '/api/', target: '_self' },
    ],
    sidebar,
    outline: [2, 3],
    search,
    socialLinks: [{ icon: 'github', link: 'https://github.com/org/realtime' }],
  },
})
