import { malformed, PROTOCOL_ERROR } from './malformed.ts'

/**
 * The reason codes that each packet may carry besides 0, in hex, by the number of its type; those from before
 * level 5 stand 16 higher [MQTT-3.4.2-1, 3.5.2-1, ...].
 */
const PUBLISHED = '10 80 83 87 90 91 97 99'
const lists: Readonly<Record<number, string>> = {
  2: '80 81 82 83 84 85 86 87 88 89 8a 8c 90 95 97 99 9a 9b 9c 9d 9f',
  4: PUBLISHED,
  5: PUBLISHED,
  6: '92',
  7: '92',
  9: '1 2 80 83 87 8f 91 97 9e a1 a2',
  11: '11 80 83 87 8f 91',
  14: '4 80 81 82 83 87 89 8b 8d 8e 8f 90 93 94 95 96 97 98 99 9a 9b 9c 9d 9e 9f a0 a1 a2',
  15: '18 19',
  18: '1 2 3 4 5',
  25: '1 2 80',
}

const has = (list: string | undefined, code: number): boolean =>
  ` ${list} `.includes(` ${code.toString(16)} `)

/** What PUBACK and PUBREC may say. */
export const isVerdict = (code: number): boolean => !code || has(PUBLISHED, code)

export function checkCode(number: number, code: number): void {
  if (code && !has(lists[number], code)) throw malformed('code', PROTOCOL_ERROR, code)
}

/** Codes of DISCONNECT that only servers say. */
export const isOfServers = (code: number): boolean =>
  has('87 89 8b 8d 8e 8f 9a 9b 9c 9d 9e 9f a0 a1 a2', code)
