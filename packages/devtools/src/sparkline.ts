import { SECONDS } from './rates.ts'

const HEIGHT = 32
const SVG = 'http://www.w3.org/2000/svg'

/** A line of the last minute. `label`: what it shows, for those who do not see it. */
export function createSparkline(label: string): {
  readonly element: SVGSVGElement
  show(values: readonly number[], most: number): void
} {
  const line = document.createElementNS(SVG, 'polyline')
  const element = document.createElementNS(SVG, 'svg')
  element.setAttribute('viewBox', `0 0 ${SECONDS - 1} ${HEIGHT}`)
  element.setAttribute('preserveAspectRatio', 'none')
  element.setAttribute('role', 'img')
  element.setAttribute('aria-label', label)
  element.append(line)
  return {
    element,
    show(values, most) {
      const points = values.map(
        (value, index) => `${index},${(HEIGHT - 1 - (value / Math.max(1, most)) * (HEIGHT - 2)).toFixed(1)}`,
      )
      const text = points.join(' ')
      if (line.getAttribute('points') !== text) line.setAttribute('points', text)
    },
  }
}
