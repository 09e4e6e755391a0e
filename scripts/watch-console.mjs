/**
 * Tells of whatever is wrong on a page: what its scripts throw, and what its console shows unless it is expected.
 * @param {import('playwright').Page} page @param {(problem: string) => void} tell
 * @param {(text: string) => boolean} [isExpected]
 */
export function watchConsole(page, tell, isExpected = () => false) {
  page.on('pageerror', (error) => tell(`${error}`))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !isExpected(message.text())) tell(message.text())
  })
}
