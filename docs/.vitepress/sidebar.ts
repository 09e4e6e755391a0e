import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DefaultTheme } from 'vitepress'

/** Every page in the order in which it is read. */
const groups: readonly { readonly text: string; readonly pages: readonly string[] }[] = [
  { text: 'Start', pages: ['quickstart', 'tutorial', 'recipes', 'troubleshooting', 'comparison'] },
  {
    text: 'Concepts',
    pages: ['concepts/architecture', 'concepts/states', 'concepts/delivery', 'concepts/errors'],
  },
  {
    text: 'Guides',
    pages: [
      'guides/typing',
      'guides/auth',
      'guides/presence',
      'guides/offline',
      'guides/reconnect',
      'guides/gaps',
      'guides/rate',
      'guides/react',
      'guides/vue',
      'guides/ssr',
      'guides/devtools',
      'guides/testing',
    ],
  },
  {
    text: 'Backends',
    pages: [
      'guides/pusher',
      'guides/reverb-soketi',
      'guides/mqtt',
      'guides/raw-ws',
      'guides/rakit',
      'guides/own-codec',
      'guides/script-tag',
    ],
  },
  {
    text: 'Coming from',
    pages: ['migrate/pusher-js', 'guides/laravel-echo', 'migrate/mqtt-js', 'migrate/mqtt-client'],
  },
  {
    text: 'The server',
    pages: [
      'guides/server',
      'guides/server-pusher',
      'guides/server-mqtt',
      'guides/server-cli',
      'guides/deployment',
      'guides/observability',
      'guides/security',
      'guides/ingest',
      'guides/scale-out',
    ],
  },
  {
    text: 'Reference',
    pages: ['reference/options', 'reference/server', 'reference/source-options', 'coverage'],
  },
  {
    text: 'Protocols',
    pages: ['protocols/pusher', 'protocols/mqtt', 'protocols/raw-ws', 'protocols/rakit'],
  },
  { text: 'Extend', pages: ['extend/protocol', 'extend/transport'] },
]

/** Throws when a page of `docs` is in no group, because nobody would find it. */
export function createSidebar(docs: string): DefaultTheme.SidebarItem[] {
  const listed = groups.flatMap(({ pages }) => pages)
  const lost = listPages(docs).filter((page) => page !== 'index' && !listed.includes(page))
  if (lost.length > 0) throw new Error(`docs/.vitepress/sidebar.ts does not list ${lost.join(', ')}`)
  return groups.map(({ text, pages }) => ({
    text,
    items: pages.map((page) => ({ text: readTitle(join(docs, `${page}.md`)), link: `/${page}` })),
  }))
}

function listPages(docs: string): string[] {
  return readdirSync(docs, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md') && !path.startsWith('.'))
    .map((path) => path.slice(0, -'.md'.length).replaceAll('\\', '/'))
}

function readTitle(file: string): string {
  const title = /^# (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1]
  if (title === undefined) throw new Error(`${file} has no heading`)
  return title.replaceAll('`', '')
}
