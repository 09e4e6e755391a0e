import type { Role } from './decoder.ts'
import type { Level, Packet } from './packets.ts'

export interface Vector {
  readonly name: string
  readonly level: Level
  /** Who reads it. */
  readonly role: Role
  readonly hex: string
  readonly packet: Packet
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

export const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.replaceAll(' ', '').match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))

export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

const publish = { type: 'publish', retain: false, dup: false, properties: undefined } as const
const bare = { properties: undefined } as const

/** Written by hand from the tables of the specifications. */
export const vectors: readonly Vector[] = [
  {
    name: 'CONNECT of 3.1.1 with will, user and password',
    level: 4,
    role: 'server',
    hex: '10 21 0004 4d515454 04 ee 000a 0001 61 0003 772f74 0003 627965 0004 75736572 0002 7077',
    packet: {
      type: 'connect',
      level: 4,
      clientId: 'a',
      clean: true,
      keepAlive: 10,
      username: 'user',
      password: text('pw'),
      will: { topic: 'w/t', payload: text('bye'), qos: 1, retain: true, properties: undefined },
      properties: undefined,
    },
  },
  {
    name: 'CONNECT of 3.1',
    level: 3,
    role: 'server',
    hex: '10 0f 0006 4d5149736470 03 02 003c 0001 62',
    packet: {
      type: 'connect',
      level: 3,
      clientId: 'b',
      clean: true,
      keepAlive: 60,
      username: undefined,
      password: undefined,
      will: undefined,
      properties: undefined,
    },
  },
  {
    name: 'CONNECT of 5 with properties',
    level: 5,
    role: 'server',
    hex:
      '10 4e 0004 4d515454 05 c6 0014' +
      '23 11 0000000a 21 0014 27 00001000 22 0005 19 01 17 00 26 0001 61 0001 62 15 0001 6d 16 0001 ff' +
      '0000 0f 18 00000005 01 01 02 0000003c 03 0000 0001 77 0002 0000 0001 75 0002 7077',
    packet: {
      type: 'connect',
      level: 5,
      clientId: '',
      clean: true,
      keepAlive: 20,
      username: 'u',
      password: text('pw'),
      will: {
        topic: 'w',
        payload: Uint8Array.of(0, 0),
        qos: 0,
        retain: false,
        properties: {
          willDelayInterval: 5,
          payloadFormatIndicator: true,
          messageExpiryInterval: 60,
          contentType: '',
        },
      },
      properties: {
        sessionExpiryInterval: 10,
        receiveMaximum: 20,
        maximumPacketSize: 4096,
        topicAliasMaximum: 5,
        requestResponseInformation: true,
        requestProblemInformation: false,
        userProperties: [['a', 'b']],
        authenticationMethod: 'm',
        authenticationData: Uint8Array.of(255),
      },
    },
  },
  {
    name: 'CONNACK of 3.1.1 with a session',
    level: 4,
    role: 'client',
    hex: '20 02 01 00',
    packet: { type: 'connack', level: 4, sessionPresent: true, code: 0, ...bare },
  },
  {
    name: 'CONNACK of 3.1.1 to a client of 5',
    level: 5,
    role: 'client',
    hex: '20 02 00 01',
    packet: { type: 'connack', level: 4, sessionPresent: false, code: 1, ...bare },
  },
  {
    name: '[MQTT-2.2.2-1] CONNACK of 5 without properties',
    level: 5,
    role: 'client',
    hex: '20 03 00 87 00',
    packet: { type: 'connack', level: 5, sessionPresent: false, code: 0x87, ...bare },
  },
  {
    name: 'CONNACK of 5 with all its properties',
    level: 5,
    role: 'client',
    hex:
      '20 39 00 00 36 11 00000001 21 0002 24 01 25 00 27 00000003 12 0001 69 22 0004' +
      '1f 0001 72 28 01 29 00 2a 01 13 0005 1a 0001 73 1c 0001 74 26 0000 0000 15 0001 6d',
    packet: {
      type: 'connack',
      level: 5,
      sessionPresent: false,
      code: 0,
      properties: {
        sessionExpiryInterval: 1,
        receiveMaximum: 2,
        maximumQos: 1,
        retainAvailable: false,
        maximumPacketSize: 3,
        assignedClientIdentifier: 'i',
        topicAliasMaximum: 4,
        reasonString: 'r',
        wildcardSubscriptionAvailable: true,
        subscriptionIdentifierAvailable: false,
        sharedSubscriptionAvailable: true,
        serverKeepAlive: 5,
        responseInformation: 's',
        serverReference: 't',
        userProperties: [['', '']],
        authenticationMethod: 'm',
      },
    },
  },
  {
    name: 'PUBLISH at QoS 0',
    level: 4,
    role: 'client',
    hex: '31 06 0003 612f62 ff',
    packet: { ...publish, topic: 'a/b', payload: Uint8Array.of(255), qos: 0, retain: true, id: 0 },
  },
  {
    name: 'PUBLISH at QoS 1 again, with an empty payload',
    level: 4,
    role: 'server',
    hex: '3a 07 0003 612f62 ffff',
    packet: { ...publish, topic: 'a/b', payload: Uint8Array.of(), qos: 1, dup: true, id: 65_535 },
  },
  {
    name: '[MQTT-1.4.0-3, 1.5.4-3, 3.3.2-1] PUBLISH with a topic beyond ASCII, a byte order mark and a character of 4 bytes',
    level: 4,
    role: 'client',
    hex: '30 0d 000a efbbbf c3a4 f09f9880 61 00',
    packet: { ...publish, topic: '\ufeffä😀a', payload: Uint8Array.of(0), qos: 0, id: 0 },
  },
  {
    name: '[MQTT-3.3.2-13] PUBLISH of 5 at QoS 2 with properties',
    level: 5,
    role: 'client',
    hex: '34 27 0001 61 0001 20 01 00 02 00000001 03 0001 63 08 0001 72 09 0001 00 23 0007 26 0001 6b 0001 76 0b 8001 78',
    packet: {
      ...publish,
      topic: 'a',
      payload: text('x'),
      qos: 2,
      id: 1,
      properties: {
        payloadFormatIndicator: false,
        messageExpiryInterval: 1,
        contentType: 'c',
        responseTopic: 'r',
        correlationData: Uint8Array.of(0),
        topicAlias: 7,
        userProperties: [['k', 'v']],
        subscriptionIdentifiers: [128],
      },
    },
  },
  {
    name: 'PUBLISH of 5 by alias alone',
    level: 5,
    role: 'server',
    hex: '30 07 0000 03 23 0001 2a',
    packet: {
      ...publish,
      topic: '',
      payload: Uint8Array.of(42),
      qos: 0,
      id: 0,
      properties: { topicAlias: 1 },
    },
  },
  {
    name: 'PUBACK of 3.1.1',
    level: 4,
    role: 'client',
    hex: '40 02 0001',
    packet: { type: 'puback', id: 1, code: 0, ...bare },
  },
  {
    name: 'PUBACK of 5 with a code',
    level: 5,
    role: 'client',
    hex: '40 03 0102 10',
    packet: { type: 'puback', id: 258, code: 0x10, ...bare },
  },
  {
    name: 'PUBREC of 5 with a reason',
    level: 5,
    role: 'server',
    hex: '50 08 0001 97 04 1f 0001 71',
    packet: { type: 'pubrec', id: 1, code: 0x97, properties: { reasonString: 'q' } },
  },
  {
    name: 'PUBREL',
    level: 5,
    role: 'server',
    hex: '62 02 0001',
    packet: { type: 'pubrel', id: 1, code: 0, ...bare },
  },
  {
    name: 'PUBCOMP of 5 for an unknown id',
    level: 5,
    role: 'client',
    hex: '70 03 0001 92',
    packet: { type: 'pubcomp', id: 1, code: 0x92, ...bare },
  },
  {
    name: 'SUBSCRIBE of 3.1.1',
    level: 4,
    role: 'server',
    hex: '82 0c 000a 0003 612f62 01 0001 23 02',
    packet: {
      type: 'subscribe',
      id: 10,
      filters: [
        { filter: 'a/b', qos: 1 },
        { filter: '#', qos: 2 },
      ],
      ...bare,
    },
  },
  {
    name: 'SUBSCRIBE of 5 with options and an identifier',
    level: 5,
    role: 'server',
    hex: '82 09 0001 02 0b 05 0001 2b 2e',
    packet: {
      type: 'subscribe',
      id: 1,
      filters: [{ filter: '+', qos: 2, noLocal: true, retainAsPublished: true, retainHandling: 2 }],
      properties: { subscriptionIdentifiers: [5] },
    },
  },
  {
    name: 'SUBACK of 3.1.1',
    level: 4,
    role: 'client',
    hex: '90 04 000a 01 80',
    packet: { type: 'suback', id: 10, codes: [1, 0x80], ...bare },
  },
  {
    name: 'SUBACK of 5',
    level: 5,
    role: 'client',
    hex: '90 05 000a 00 02 87',
    packet: { type: 'suback', id: 10, codes: [2, 0x87], ...bare },
  },
  {
    name: 'UNSUBSCRIBE of 3.1.1',
    level: 4,
    role: 'server',
    hex: 'a2 05 0002 0001 61',
    packet: { type: 'unsubscribe', id: 2, filters: ['a'], ...bare },
  },
  {
    name: 'UNSUBSCRIBE of 5',
    level: 5,
    role: 'server',
    hex: 'a2 09 0002 00 0001 61 0001 62',
    packet: { type: 'unsubscribe', id: 2, filters: ['a', 'b'], ...bare },
  },
  {
    name: 'UNSUBACK of 3.1.1',
    level: 4,
    role: 'client',
    hex: 'b0 02 0002',
    packet: { type: 'unsuback', id: 2, codes: [], ...bare },
  },
  {
    name: 'UNSUBACK of 5',
    level: 5,
    role: 'client',
    hex: 'b0 05 0002 00 00 11',
    packet: { type: 'unsuback', id: 2, codes: [0, 0x11], ...bare },
  },
  { name: 'PINGREQ', level: 4, role: 'server', hex: 'c0 00', packet: { type: 'pingreq' } },
  { name: 'PINGRESP', level: 4, role: 'client', hex: 'd0 00', packet: { type: 'pingresp' } },
  {
    name: 'DISCONNECT of 3.1.1',
    level: 4,
    role: 'server',
    hex: 'e0 00',
    packet: { type: 'disconnect', code: 0, ...bare },
  },
  {
    name: 'DISCONNECT of 5 with the will',
    level: 5,
    role: 'server',
    hex: 'e0 07 04 05 11 00000000',
    packet: { type: 'disconnect', code: 4, properties: { sessionExpiryInterval: 0 } },
  },
  {
    name: 'DISCONNECT of a server of 5',
    level: 5,
    role: 'client',
    hex: 'e0 01 8e',
    packet: { type: 'disconnect', code: 0x8e, ...bare },
  },
  {
    name: 'AUTH',
    level: 5,
    role: 'client',
    hex: 'f0 0a 18 08 15 0001 6d 16 0001 01',
    packet: {
      type: 'auth',
      code: 0x18,
      properties: { authenticationMethod: 'm', authenticationData: Uint8Array.of(1) },
    },
  },
  {
    name: 'AUTH of success, in short',
    level: 5,
    role: 'client',
    hex: 'f0 00',
    packet: { type: 'auth', code: 0, ...bare },
  },
]

export interface Malformed {
  readonly name: string
  readonly level: Level
  readonly role: Role
  readonly hex: string
  readonly code: number
}

const bad = (name: string, level: Level, role: Role, hex: string, code = 0x81): Malformed => ({
  name,
  level,
  role,
  hex,
  code,
})

export const malformedVectors: readonly Malformed[] = [
  bad('type 0', 4, 'client', '00 00', 0x82),
  bad('[MQTT-2.2.2-1, -2] flags of SUBSCRIBE are 0', 4, 'server', '80 06 0001 0001 61 00'),
  bad('[MQTT-2.1.3-1] flags of PUBACK are not 0', 5, 'client', '42 02 0001'),
  bad('[MQTT-3.6.1-1] flags of PUBREL are 0', 4, 'client', '60 02 0001'),
  bad('[MQTT-3.10.1-1] flags of UNSUBSCRIBE are 0', 5, 'server', 'a0 06 0001 00 0001 61'),
  bad('[MQTT-3.14.1-1] flags of DISCONNECT are not 0', 5, 'client', 'e1 00'),
  bad('[MQTT-3.15.1-1] flags of AUTH are not 0', 5, 'client', 'f1 00'),
  bad('[MQTT-1.4.0-1] a surrogate in a topic', 4, 'client', '30 05 0003 eda080'),
  bad('[MQTT-1.4.0-2] U+0000 in a topic', 4, 'client', '30 04 0002 6100'),
  bad(
    '[MQTT-1.5.4-1, 1.5.7-1] broken UTF-8 in a user property',
    5,
    'client',
    '30 09 0001 61 05 26 0001 ff 0000',
  ),
  bad('[MQTT-1.5.5-1] a property length in a longer form', 5, 'client', '30 05 0001 61 8000'),
  bad('[MQTT-1.5.5-1] a remaining length in a longer form', 4, 'client', 'd0 80 00'),
  bad('a remaining length of 5 bytes', 4, 'client', '30 ff ff ff ff 7f'),
  bad('[MQTT-2.2.1-2] packet identifier 0', 4, 'client', '32 05 0001 61 0000', 0x82),
  bad('[MQTT-3.3.1-4] QoS 3', 4, 'client', '36 05 0001 61 0001'),
  bad('[MQTT-3.3.1-2] DUP at QoS 0', 4, 'client', '38 03 0001 61'),
  bad('[MQTT-3.3.2-2] a wildcard in a topic', 4, 'client', '30 05 0003 612f2b', 0x90),
  bad('[MQTT-4.7.3-1] an empty topic before 5', 4, 'client', '30 02 0000', 0x90),
  bad('an empty topic without an alias', 5, 'client', '30 03 0000 00', 0x82),
  bad('[MQTT-3.3.2-8] alias 0', 5, 'client', '30 07 0001 61 03 23 0000', 0x94),
  bad('[MQTT-3.3.2-14] a wildcard in a response topic', 5, 'client', '30 08 0001 61 04 08 0001 23', 0x82),
  bad('[MQTT-3.3.4-6] a subscription identifier of a client', 5, 'server', '30 06 0001 61 02 0b 01', 0x82),
  bad('subscription identifier 0', 5, 'client', '30 06 0001 61 02 0b 00', 0x82),
  bad('a property that comes twice', 5, 'client', '30 08 0001 61 04 01 00 01 00', 0x82),
  bad('a property of another packet', 5, 'client', '30 07 0001 61 03 21 0001'),
  bad('an unknown property', 5, 'client', '30 06 0001 61 02 7f 00'),
  bad('a flag of 2', 5, 'client', '30 06 0001 61 02 01 02', 0x82),
  bad('properties that are longer than their packet', 5, 'client', '30 05 0001 61 05 01'),
  bad('a topic that is longer than its packet', 4, 'client', '30 03 0005 61'),
  bad('a packet that goes on after its end', 4, 'client', '40 03 0001 00'),
  bad('[MQTT-3.4.2-1] a code that PUBACK does not have', 5, 'client', '40 03 0001 92', 0x82),
  bad('[MQTT-3.5.2-1] a code that PUBREC does not have', 5, 'client', '50 03 0001 01', 0x82),
  bad('[MQTT-3.6.2-1] a code that PUBREL does not have', 5, 'client', '62 03 0001 80', 0x82),
  bad('[MQTT-3.7.2-1] a code that PUBCOMP does not have', 5, 'client', '70 03 0001 80', 0x82),
  bad('[MQTT-3.9.3-2] a code that SUBACK does not have', 4, 'client', '90 03 0001 03', 0x82),
  bad('SUBACK without a code', 4, 'client', '90 02 0001', 0x82),
  bad('UNSUBACK of 5 without a code', 5, 'client', 'b0 03 0001 00', 0x82),
  bad('[MQTT-3.14.2-1] DISCONNECT of a server with the will', 5, 'client', 'e0 01 04', 0x82),
  bad('DISCONNECT of a client that says it is a server', 5, 'server', 'e0 01 8e', 0x82),
  bad('DISCONNECT of a server before 5', 4, 'client', 'e0 00', 0x82),
  bad('[MQTT-3.15.2-1] AUTH of a server that asks to authenticate again', 5, 'client', 'f0 01 19', 0x82),
  bad('AUTH before 5', 4, 'client', 'f0 00', 0x82),
  bad('a session with a refusal', 4, 'client', '20 02 01 05', 0x82),
  bad('reserved flags of CONNACK', 4, 'client', '20 02 02 00', 0x82),
  bad('a code that CONNACK does not have', 5, 'client', '20 03 00 01 00', 0x82),
  bad('Receive Maximum 0', 5, 'client', '20 06 00 00 03 21 0000', 0x82),
  bad('Maximum Packet Size 0', 5, 'client', '20 08 00 00 05 27 00000000', 0x82),
  bad('Maximum QoS 2', 5, 'client', '20 05 00 00 02 24 02', 0x82),
  bad('a packet of servers at a server', 4, 'server', 'd0 00', 0x82),
  bad('a packet of clients at a client', 4, 'client', 'c0 00', 0x82),
  bad('[MQTT-3.8.3-2, -3] SUBSCRIBE without a filter', 4, 'server', '82 02 0001', 0x82),
  bad('[MQTT-3.10.3-2] UNSUBSCRIBE without a filter', 5, 'server', 'a2 03 0001 00', 0x82),
  bad(
    '[MQTT-3.8.3-4] No Local on a shared subscription',
    5,
    'server',
    '82 10 0001 00 000a 2473686172652f672f61 04',
    0x82,
  ),
  bad('[MQTT-3.8.3-5] reserved options of a subscription', 5, 'server', '82 07 0001 00 0001 61 40'),
  bad('reserved options of a subscription before 5', 4, 'server', '82 06 0001 0001 61 04'),
  bad('Retain Handling 3', 5, 'server', '82 07 0001 00 0001 61 30'),
  bad('an unknown protocol name', 4, 'server', '10 0d 0004 4d515455 04 02 0000 0001 61', 0x84),
  bad('an unknown protocol level', 4, 'server', '10 0d 0004 4d515454 06 02 0000 0001 61', 0x84),
  bad('[MQTT-3.1.2-3] the reserved flag of CONNECT', 4, 'server', '10 0d 0004 4d515454 04 03 0000 0001 61'),
  bad('[MQTT-3.1.2-11] a will QoS without a will', 4, 'server', '10 0d 0004 4d515454 04 0a 0000 0001 61'),
  bad('[MQTT-3.1.2-14] will QoS 3', 4, 'server', '10 13 0004 4d515454 04 1e 0000 0001 61 0001 61 0001 61'),
  bad(
    '[MQTT-3.1.2-22] a password without a user',
    4,
    'server',
    '10 10 0004 4d515454 04 42 0000 0001 61 0001 61',
  ),
  bad(
    'authentication data without a method',
    5,
    'server',
    '10 12 0004 4d515454 05 02 0000 04 16 0001 61 0001 61',
    0x82,
  ),
]
