import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DefaultTheme } from 'vitepress'

interface LlmsOptions {
  readonly title: string
  readonly description: string
  readonly sidebar: readonly DefaultTheme.SidebarItem[]
  /** Where the pages are. */
  readonly docs: string
  /** Where the site is. */
  readonly site: string
}

/**
 * For readers that are programs: `llms.txt`, which names every page with what it is about, `llms-full.txt` with all
 * of them, and every page as it was written beside the page that was made of it.
 */
export function writeLlms({ title, description, sidebar, docs, site }: LlmsOptions): void {
  const lines = [`# ${title}`, '', `> ${description}`]
  const whole: string[] = []
  for (const { text, items = [] } of sidebar) {
    lines.push('', `## ${text}`, '')
    for (const page of items) {
      const path = `${page.link?.slice(1)}.md`
      const markdown = readFileSync(join(docs, path), 'utf8')
      lines.push(`- [${page.text}](/${path}): ${readSummary(markdown)}`)
      whole.push(markdown.trim())
      mkdirSync(dirname(join(site, path)), { recursive: true })
      copyFileSync(join(docs, path), join(site, path))
    }
  }
  writeFileSync(join(site, 'llms.txt'), `${lines.join('\n')}\n`)
  writeFileSync(join(site, 'llms-full.txt'), `${whole.join('\n\n')}\n`)
}

/** The first sentence below the heading, as text alone. */
function readSummary(markdown: string): string {
  const shown = markdown.replace(/<!--[\s\S]*?-->\n*/g, '')
  const [, paragraph = ''] = /^# .+\n+([^\n]+)/m.exec(shown) ?? []
  const text = paragraph.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
  return /^.*?[.:](?= [A-Z]|$)/.exec(text)?.[0].replace(/:$/, '.') ?? text
}
