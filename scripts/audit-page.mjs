/** What a page owes everybody: readable, in either colour scheme, on a small screen, and by keyboard alone. */
import { createRequire } from 'node:module'

/** @typedef {import('playwright').Page} Page */

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

export const sizes = { wide: { width: 1280, height: 900 }, narrow: { width: 360, height: 800 } }

/** @type {Readonly<Record<string, import('playwright').BrowserContextOptions>>} */
export const looks = {
  'wide and light': { viewport: sizes.wide, colorScheme: 'light' },
  'narrow and dark': { viewport: sizes.narrow, colorScheme: 'dark' },
}

/**
 * Every breach, as a sentence.
 * @param {Page} page open, and as it is to be judged
 * @param {Part} [part]
 */
export async function auditPage(page, part) {
  return [...(await auditLook(page, part)), ...(await auditKeyboard(page))]
}

/**
 * @typedef {object} Part of what axe looks at
 * @property {string[] | undefined} [rules] where not all are ours to keep
 * @property {string[]} [without] selectors of what another page has answered for
 * @property {Set<string>} [contrasts] those that other pages have answered for; what is new is added
 */

/**
 * What can be seen of it.
 * @param {Page} page @param {Part} [part]
 */
export async function auditLook(page, part = {}) {
  return [...(await checkWidth(page)), ...(await checkScheme(page)), ...(await checkAccess(page, part))]
}

/** Nothing is scrolled sideways. @param {Page} page */
async function checkWidth(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= width) return []
    const wide = [...document.body.querySelectorAll('*')].filter(
      (element) => element.getBoundingClientRect().right > width + 1,
    )
    return [`is wider than ${width} px by <${wide.map(({ localName }) => localName).join('>, <')}>`]
  })
}

/** A reader who asked for the dark gets it. @param {Page} page */
async function checkScheme(page) {
  return page.evaluate(() => {
    const isDark = matchMedia('(prefers-color-scheme: dark)').matches
    const color = [document.body, document.documentElement]
      .map((element) => getComputedStyle(element).backgroundColor)
      .find((background) => !/, 0\)$/.test(background))
    const [red = 255, green = 255, blue = 255] = color?.match(/\d+(\.\d+)?/g)?.map(Number) ?? []
    return (red + green + blue) / 3 < 128 === isDark
      ? []
      : [`is ${color} where ${isDark ? 'dark' : 'light'} was asked for`]
  })
}

/** Names, roles, structure and contrast by the rules of axe. @param {Page} page @param {Part} part */
async function checkAccess(page, { rules, without = [], contrasts }) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.addScriptTag({ path: axe })
  const run = (/** @type {Omit<Asked, 'exclude'>} */ asked) =>
    page.evaluate(askAxe, { ...asked, exclude: without })
  if (!contrasts) return run({ only: rules, isWithContrast: true })
  const fresh = await page.evaluate(markContrasts, { known: [...contrasts], without })
  for (const contrast of fresh) contrasts.add(contrast)
  return [
    ...(rules?.length === 0 ? [] : await run({ only: rules, isWithContrast: false })),
    ...(fresh.length > 0
      ? await run({ include: ['[data-contrast]'], only: ['color-contrast'], isWithContrast: true })
      : []),
  ]
}

/** Tab gets to every control, and shows where it is. @param {Page} page */
async function auditKeyboard(page) {
  const count = await page.evaluate(startTabbing)
  /** @type {Set<number>} */
  const reached = new Set()
  const unseen = new Set()
  let inFrames = 0
  // What is in a frame takes presses of its own, and a frame may keep the focus for good.
  for (let presses = 0; presses - inFrames < 2 * count + 20 && inFrames < 500; presses++) {
    if (reached.size === count) break
    await page.keyboard.press('Tab')
    const { index, isSeen, isFrame, name } = await page.evaluate(readFocus)
    if (isFrame) inFrames++
    if (index >= 0) reached.add(index)
    if (!isSeen) unseen.add(name)
  }
  const missed = await page.evaluate(listMissed, [...reached])
  return [
    ...missed.map((name) => `cannot reach ${name} by Tab`),
    ...[...unseen].map((name) => `does not show that ${name} has the focus`),
  ]
}

/* What runs in the page. */

/** @typedef {{ include?: string[], exclude: string[], only?: string[] | undefined, isWithContrast: boolean }} Asked */

/** @param {Asked} asked */
async function askAxe({ include, exclude, only, isWithContrast }) {
  const { axe } = /** @type {{ axe: typeof import('axe-core') }} */ (/** @type {unknown} */ (globalThis))
  const { violations } = await axe.run(
    include || exclude.length > 0 ? { ...(include && { include }), exclude } : document,
    {
      // What is in a frame is a page of its own.
      iframes: false,
      resultTypes: ['violations'],
      ...(only && { runOnly: only }),
      rules: {
        // Wrong where keys are drawn on a button, as on that of VitePress which searches.
        'label-content-name-mismatch': { enabled: false },
        // A table of Markdown cannot do without a head, and may have nothing to say there.
        'empty-table-header': { enabled: false },
        ...(!isWithContrast && { 'color-contrast': { enabled: false } }),
      },
    },
  )
  return violations.map(({ id, nodes: [first, ...others] }) => {
    const more = others.length > 0 ? ` and ${others.length} more` : ''
    return `${id}: ${first?.target.join(' ')}${more}: ${first?.failureSummary?.replace(/\s+/g, ' ')}`
  })
}

/**
 * Marks one text of each colour, ground and size that is not known, and returns those. Axe asks for every text what
 * lies below it, which takes most of its time.
 * @param {{ known: string[], without: string[] }} given
 */
function markContrasts({ known, without }) {
  for (const marked of document.querySelectorAll('[data-contrast]')) marked.removeAttribute('data-contrast')
  const before = new Set(known)
  /** @type {string[]} */
  const fresh = []
  for (const element of document.body.querySelectorAll('*')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.nodeValue?.trim())
    if (!hasText || without.some((selector) => element.closest(selector)) || !element.checkVisibility())
      continue
    const { color, fontSize, fontWeight, opacity } = getComputedStyle(element)
    const grounds = []
    for (let at = /** @type {Element | null} */ (element); at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at)
      if (backgroundColor !== 'rgba(0, 0, 0, 0)') grounds.push(backgroundColor)
    }
    const contrast = [color, fontSize, fontWeight, opacity, ...grounds].join(' ')
    if (before.has(contrast)) continue
    before.add(contrast)
    fresh.push(contrast)
    element.setAttribute('data-contrast', '')
  }
  return fresh
}

/** @typedef {{ controls: HTMLElement[], before: string[] }} Tabbing */

/** Remembers all controls and how they look without the focus; says how many there are. */
function startTabbing() {
  const selector =
    'a[href], button, select, input, textarea, summary, iframe, [tabindex], [contenteditable=true]'
  /** @param {Document | ShadowRoot} root @returns {HTMLElement[]} */
  const find = (root) =>
    [.../** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('*'))].flatMap((element) => [
      ...(element.matches(selector) ? [element] : []),
      ...(element.shadowRoot ? find(element.shadowRoot) : []),
    ])
  const controls = find(document).filter(
    (element) =>
      element.tabIndex >= 0 &&
      !element.matches(':disabled') &&
      !element.closest('[inert]') &&
      element.checkVisibility({ visibilityProperty: true }) &&
      // One of a group has the focus, and arrows choose.
      !(element instanceof HTMLInputElement && element.type === 'radio' && !element.checked),
  )
  /** @param {Element | null} element */
  const style = (element) => {
    if (!element) return ''
    // Of an input that nobody sees, its label shows it.
    const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : []
    return [element, ...labels]
      .map((each) => {
        const { outline, boxShadow, borderColor, backgroundColor, opacity, clip, clipPath } =
          getComputedStyle(each)
        return [outline, boxShadow, borderColor, backgroundColor, opacity, clip, clipPath].join()
      })
      .join()
  }
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  getSelection()?.removeAllRanges()
  Object.assign(globalThis, { tabbing: { controls, before: controls.map(style), style } })
  return controls.length
}

/** Where the focus is, and whether it can be seen. */
function readFocus() {
  const { controls, before, style } =
    /** @type {{ tabbing: Tabbing & { style(element: Element): string } }} */ (
      /** @type {unknown} */ (globalThis)
    ).tabbing
  let element = document.activeElement
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  const index = controls.indexOf(/** @type {HTMLElement} */ (element))
  // A frame shows it in itself.
  const isFrame = element?.localName === 'iframe'
  const isSeen = index < 0 || isFrame || style(/** @type {Element} */ (element)) !== before[index]
  return {
    index,
    isSeen,
    isFrame,
    name: `<${element?.localName}> “${element?.textContent?.trim().slice(0, 40)}”`,
  }
}

/** Those that are still there. @param {number[]} reached */
function listMissed(reached) {
  const { controls } = /** @type {{ tabbing: Tabbing }} */ (/** @type {unknown} */ (globalThis)).tabbing
  return controls
    .filter((control, index) => !reached.includes(index) && control.isConnected && control.checkVisibility())
    .map((control) => `<${control.localName}> “${control.textContent?.trim().slice(0, 40)}”`)
}
