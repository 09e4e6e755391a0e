/** A JSON value as PHP holds it: integers apart from floats, objects and lists one kind, keys in order. */
export type PhpValue = null | boolean | bigint | number | string | PhpArray
export type PhpArray = Map<string, PhpValue>

const DEPTH = 511
/** Of valid JSON: strings, opening and closing brackets, and everything else that is a value. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]|[^\s"[\]{},:]+/g
const LARGEST = 2n ** 63n - 1n

/** Reads an object as `json_decode($text, true)` does; undefined for anything else. */
export function parsePhpObject(text: string): PhpArray | undefined {
  if (!/^[ \t\n\r]*\{/.test(text)) return undefined
  try {
    JSON.parse(text)
    const tokens = text.match(TOKENS) ?? []
    return new Reader(tokens).array(tokens[0] ?? '', 1)
  } catch {
    return undefined
  }
}

class Reader {
  readonly #tokens: readonly string[]
  #at = 1

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens
  }

  array(opening: string, depth: number): PhpArray {
    if (depth > DEPTH) throw new RangeError('Nested too deeply')
    const array: PhpArray = new Map()
    for (let token = this.#next(); token !== ']' && token !== '}'; token = this.#next()) {
      const isNamed = opening === '{'
      const key = isNamed ? parseString(token) : `${array.size}`
      array.set(key, this.#value(isNamed ? this.#next() : token, depth))
    }
    return array
  }

  #next(): string {
    return this.#tokens[this.#at++] ?? '}'
  }

  #value(token: string, depth: number): PhpValue {
    if (token === '{' || token === '[') return this.array(token, depth + 1)
    if (token.startsWith('"')) return parseString(token)
    if (token === 'null') return null
    if (token === 'true' || token === 'false') return token === 'true'
    return toNumber(token)
  }
}

function parseString(token: string): string {
  const text: string = JSON.parse(token)
  if (/\p{Surrogate}/u.test(text)) throw new SyntaxError('Half of a surrogate pair')
  return text
}

function toNumber(token: string): bigint | number {
  if (/[.eE]/.test(token)) return Number(token)
  const whole = BigInt(token)
  return whole <= LARGEST && whole >= -LARGEST - 1n ? whole : Number(token)
}

/** Writes a value as `json_encode` does; undefined where that fails. */
export function toPhpJson(value: PhpValue): string | undefined {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') return Number.isFinite(value) ? formatFloat(value) : undefined
  if (!(value instanceof Map)) return `${value}`
  const isList = [...value.keys()].every((key, index) => key === `${index}`)
  const parts: string[] = []
  for (const [key, member] of value) {
    const json = toPhpJson(member)
    if (json === undefined) return undefined
    parts.push(isList ? json : `${quote(key)}:${json}`)
  }
  return isList ? `[${parts}]` : `{${parts}}`
}

function quote(text: string): string {
  return JSON.stringify(text).replace(/[/\u0080-\uffff]/g, (unit) =>
    unit === '/' ? '\\/' : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Shortest digits, or so many; PHP turns to exponents at other places than JavaScript. */
export function formatFloat(value: number, digits?: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential(digits && digits - 1).split('e')
  const point = Number(exponent) + 1
  if (point >= -3 && point <= (digits ?? 17)) {
    const plain = digits === undefined || value === 0 ? value : Number(value.toPrecision(digits))
    return Object.is(plain, -0) ? '-0' : `${plain}`
  }
  const trimmed =
    digits === undefined ? mantissa : mantissa.replace(/0+$/, '0').replace(/(\.\d*[1-9])0+$/, '$1')
  const padded = trimmed.includes('.') ? trimmed : `${trimmed}.0`
  return `${padded}${digits === undefined ? 'e' : 'E'}${exponent}`
}
