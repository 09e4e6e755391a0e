import { posix } from 'node:path'
import type { MarkdownRenderer } from 'vitepress'

const REPOSITORY = 'https://github.com/org/realtime'

/** Pages link to files of the repository as GitHub shows them; the site has only `docs`. */
export function linkToRepository(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('link-to-repository', ({ tokens, env }) => {
    const folder = posix.join('docs', posix.dirname(env.relativePath))
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const target = token.type === 'link_open' ? token.attrGet('href') : null
      if (target === null || /^(\w+:|[#/])/.test(target)) continue
      const path = posix.join(folder, target)
      if (!path.startsWith('docs/')) token.attrSet('href', `${REPOSITORY}/blob/main/${path}`)
    }
  })
}

/** `// continues` is for those who compile the pages, not for those who read them. */
export function hideMarks(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('hide-marks', ({ tokens }) => {
    for (const token of tokens)
      if (token.type === 'fence') token.content = token.content.replace(/^\/\/ continues\n/, '')
  })
}
