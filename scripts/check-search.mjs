/** What people type, and the page that answers it. */
const WORDS = {
  4001: '/troubleshooting',
  backoff: '/reference/options',
  debounce: '/guides/rate',
  'last will': '/guides/mqtt',
  mock: '/guides/testing',
  'offline queue': '/guides/offline',
  reconnect: '/guides/reconnect',
  reverb: '/guides/reverb-soketi',
  StrictMode: '/guides/react',
  throttle: '/guides/rate',
  'token refresh': '/guides/auth',
  toOthers: '/guides/pusher',
  whisper: '/guides/laravel-echo',
  wildcard: '/guides/mqtt',
}
/** Somebody looks at so many results. */
const FIRST = 2

/**
 * Searches the built site as its readers do, without a network.
 * @param {import('playwright').Page} page
 * @returns {Promise<string[]>} the words by which the right page is not among the first
 */
export async function checkSearch(page) {
  /** @type {string[]} */
  const breaches = []
  await page.goto('/quickstart', { waitUntil: 'networkidle' })
  await page.keyboard.press('Control+k')
  const input = page.locator('.VPLocalSearchBox input')
  for (const [word, wanted] of Object.entries(WORDS)) {
    await input.fill('')
    await page.locator('.VPLocalSearchBox .result').first().waitFor({ state: 'detached' })
    await input.fill(word)
    await page.locator('.VPLocalSearchBox .result').first().waitFor()
    const found = await page
      .locator('.VPLocalSearchBox .result')
      .evaluateAll((results) => results.map((result) => result.getAttribute('href') ?? ''))
    const first = found.slice(0, FIRST)
    if (!first.some((path) => path.startsWith(wanted)))
      breaches.push(`searched for “${word}”: ${wanted} is not among ${first.join(' and ')}`)
  }
  return breaches
}
