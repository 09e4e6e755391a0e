import type { DefaultTheme } from 'vitepress'

const WORDS = /<!-- search: (.*?) -->/g

/**
 * Search without a network, by an index that is part of the site. Below a heading `<!-- search: ... -->` holds words
 * by which others call what stands there.
 */
export const search: NonNullable<DefaultTheme.Config['search']> = {
  provider: 'local',
  options: {
    _render(source, env, markdown) {
      const html = markdown.render(source.replace(WORDS, '$1'), env)
      return env.frontmatter?.['search'] === false ? '' : html
    },
    miniSearch: {
      // They run in the page, by their own text alone.
      searchOptions: {
        boost: { title: 4, titles: 2, text: 2 },
        // Numbers, codes and short words are meant as they are.
        fuzzy: (term: string) => (term.length > 5 && !/\d/.test(term) ? 0.2 : false),
        // Who searches wants to do something: guides first, lists of everything last.
        boostDocument: (id: string) =>
          /^\/(guides\/server|migrate|reference|protocols|extend)/.test(id)
            ? 0.7
            : /^\/comparison/.test(id)
              ? 0.4
              : 1,
      },
    },
  },
}
