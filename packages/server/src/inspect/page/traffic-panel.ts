import type { Rates, State } from '../report.ts'
import { h, panel, setText } from './dom.ts'
import { toBytes } from './words.ts'

const SECONDS = 60
const HEIGHT = 40
const SVG = 'http://www.w3.org/2000/svg'

/** How much goes in and out, now and in the last minute. */
export function createTrafficPanel(): { readonly element: HTMLElement; show(state: State): void } {
  const input = createSide('In', 'from clients')
  const output = createSide('Out', 'to clients')
  const past: Rates[] = []

  return {
    element: panel('traffic', 'Traffic', [], h('div', { class: 'sides' }, input.element, output.element)),
    show({ rates }) {
      past.push(rates)
      if (past.length > SECONDS) past.shift()
      const most = Math.max(1, ...past.flatMap(({ framesIn, framesOut }) => [framesIn, framesOut]))
      input.show(
        rates.framesIn,
        rates.bytesIn,
        past.map(({ framesIn }) => framesIn / most),
      )
      output.show(
        rates.framesOut,
        rates.bytesOut,
        past.map(({ framesOut }) => framesOut / most),
      )
    },
  }
}

function createSide(name: string, of: string) {
  const frames = h('span', { class: 'number' }, '0')
  const bytes = h('span', { class: 'soft' })
  const line = document.createElementNS(SVG, 'polyline')
  const chart = document.createElementNS(SVG, 'svg')
  chart.setAttribute('viewBox', `0 0 ${SECONDS - 1} ${HEIGHT}`)
  chart.setAttribute('preserveAspectRatio', 'none')
  chart.setAttribute('role', 'img')
  chart.setAttribute('aria-label', `Frames ${of} in the last minute`)
  chart.append(line)
  return {
    element: h(
      'div',
      { class: 'side' },
      h('h3', {}, `${name}, ${of}`),
      h('p', {}, frames, ' frames/s ', bytes),
      chart,
    ),
    show(perSecond: number, bytesPerSecond: number, shares: readonly number[]): void {
      setText(frames, perSecond.toLocaleString('en'))
      setText(bytes, `${toBytes(bytesPerSecond)}/s`)
      const start = SECONDS - shares.length
      const points = shares.map(
        (share, index) => `${start + index},${(HEIGHT - 1 - share * (HEIGHT - 2)).toFixed(1)}`,
      )
      line.setAttribute('points', points.join(' '))
    },
  }
}
