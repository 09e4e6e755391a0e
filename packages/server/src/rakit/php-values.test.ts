import { describe, expect, it } from 'vitest'
import { parsePhpObject } from './php-json.ts'
import { isLooselyEqual } from './php-values.ts'

/** Pairs of JSON, and what PHP 8.2 answered. */
const equal = [
  ['0', '"0"'],
  ['false', '0'],
  ['false', '""'],
  ['false', '"0"'],
  ['true', '"a"'],
  ['true', '[1]'],
  ['false', '[]'],
  ['1', '" 1"'],
  ['1', '"1\\n"'],
  ['1', '"+1"'],
  ['1', '"1."'],
  ['0.5', '".50"'],
  ['"1e3"', '"1000"'],
  ['"0.0"', '"0"'],
  ['9007199254740993', '9007199254740992.0'],
  ['9223372036854775807', '9223372036854775808'],
  ['1e400', '"INF"'],
  ['1e400', '1e401'],
  ['[1]', '["1"]'],
  ['{"0":1}', '[1]'],
  ['{"a":1,"b":2}', '{"b":2,"a":true}'],
  ['[null]', '[0]'],
  ['[null]', '[""]'],
  ['[null]', '[[]]'],
] as const

const different = [
  ['"abc"', '0'],
  ['""', '0'],
  ['" "', '0'],
  ['"1x"', '1'],
  ['"0x1"', '1'],
  ['"1e"', '1'],
  ['"\\u00a01"', '1'],
  ['"abc"', '"ABC"'],
  ['"0.0"', 'false'],
  ['"9007199254740993"', '"9007199254740992"'],
  ['"99999999999999999999"', '"99999999999999999998"'],
  ['"1e1000"', '"1e1001"'],
  ['"1e400"', '"INF"'],
  ['[]', '""'],
  ['[]', '0'],
  ['1', '[1]'],
  ['[1,2]', '[1]'],
  ['[null]', '["0"]'],
  ['{"a":null}', '{"b":null}'],
] as const

const compare = (one: string, other: string): readonly boolean[] => {
  const [left = null, right = null] = [...(parsePhpObject(`{"one":${one},"other":${other}}`)?.values() ?? [])]
  return [isLooselyEqual(left, right), isLooselyEqual(right, left)]
}

describe('isLooselyEqual', () => {
  it.each(equal)('takes %s for %s', (one, other) => {
    expect(compare(one, other)).toEqual([true, true])
  })

  it.each(different)('tells %s from %s', (one, other) => {
    expect(compare(one, other)).toEqual([false, false])
  })
})
