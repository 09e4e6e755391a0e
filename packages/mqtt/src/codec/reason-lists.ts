import { malformed, PROTOCOL_ERROR } from './malformed.ts'

/** The reason codes that each packet may carry besides 0, in hex [MQTT-3.4.2-1, 3.5.2-1, ...]. */
const lists = {
  connack: '80 81 82 83 84 85 86 87 88 89 8a 8c 90 95 97 99 9a 9b 9c 9d 9f',
  puback: '10 80 83 87 90 91 97 99',
  pubrec: '10 80 83 87 90 91 97 99',
  pubrel: '92',
  pubcomp: '92',
  suback: '1 2 80 83 87 8f 91 97 9e a1 a2',
  unsuback: '11 80 83 87 8f 91',
  disconnect: '4 80 81 82 83 87 89 8b 8d 8e 8f 90 93 94 95 96 97 98 99 9a 9b 9c 9d 9e 9f a0 a1 a2',
  auth: '18 19',
  /** Before level 5. */
  return: '1 2 3 4 5',
  granted: '1 2 80',
} as const

/** What a client never says, and what a server never says. */
const onlyServers = '87 89 8b 8d 8e 8f 9a 9b 9c 9d 9e 9f a0 a1 a2'

const has = (list: string, code: number): boolean => ` ${list} `.includes(` ${code.toString(16)} `)

export function checkCode(list: keyof typeof lists, code: number, from?: 'client' | 'server'): void {
  const isWrongWay =
    (list === 'disconnect' && (from === 'client' ? has(onlyServers, code) : code === 4)) ||
    (list === 'auth' && (from === 'client' ? code === 0 : code === 0x19))
  if ((code && !has(lists[list], code)) || isWrongWay)
    throw malformed(`Code ${code} does not belong to this packet`, PROTOCOL_ERROR)
}
