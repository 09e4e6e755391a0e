import type { Frame } from '@org/realtime-core/kit'
import { seededRandom } from '../random.ts'

const wrongValues: readonly unknown[] = [null, '', 'x', 0, -1, 1e300, true, [], {}, [null], { a: 1 }]

/** Frames like these, but cut, changed in a byte, or with a value of a wrong type; the same ones every time. */
export function mutateFrames(frames: readonly Frame[], count: number): Frame[] {
  const random = seededRandom(2)
  const below = (limit: number): number => Math.floor(random() * limit)
  return Array.from({ length: count }, () => {
    const frame = frames[below(frames.length)] ?? ''
    const way = below(3)
    if (way === 0) return frame.slice(0, below(frame.length))
    const bytes = typeof frame === 'string' ? undefined : frame.slice()
    if (bytes) {
      bytes[below(bytes.length)] = below(256)
      return bytes
    }
    if (way === 1)
      return `${frame.slice(0, below(frame.length))}${String.fromCharCode(below(256))}${frame.slice(below(frame.length))}`
    return mutateJson(frame as string, below)
  })
}

/** Replaces one value somewhere in the frame, also inside a text that holds JSON itself. */
function mutateJson(frame: string, below: (limit: number) => number): string {
  const wrong = wrongValues[below(wrongValues.length)]
  const parsed = parse(frame)
  if (typeof parsed !== 'object' || parsed === null) return JSON.stringify(wrong)
  let holder = parsed as Record<string, unknown>
  for (;;) {
    const keys = Object.keys(holder)
    if (!keys.length) return JSON.stringify(wrong)
    const key = keys[below(keys.length)] as string
    const inner = holder[key]
    if (typeof inner === 'object' && inner !== null && below(2)) holder = inner as Record<string, unknown>
    else {
      const nested = typeof inner === 'string' ? parse(inner) : undefined
      const isNested = typeof nested === 'object' && nested !== null && below(2) === 1
      holder[key] = isNested ? mutateJson(inner as string, below) : wrong
      return JSON.stringify(parsed)
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
