import type { LinkEvents } from '@org/realtime-core/kit'
import { describe, expect, it } from 'vitest'
import type { Packet } from './codec.ts'
import { names } from './names.ts'
import { createOutgoing } from './outgoing.ts'
import { createSessionState, type Flight, nextPacketId } from './session-state.ts'
import type { Wire } from './wire.ts'

const flight = { stage: 'sent' } as Flight

describe('nextPacketId', () => {
  it('[MQTT-2.3.1-1, -2, -3 | 2.2.1-3] goes round, past 0 and past what is in use', () => {
    const state = createSessionState(5, 'me')
    state.lastPacketId = 65_534
    state.outgoing.set(1, flight)
    const asked = new Map([[2, []]])
    expect([nextPacketId(state, asked), nextPacketId(state, asked)]).toEqual([65_535, 3])
  })

  it('is 0 when all are in use', () => {
    const state = createSessionState(5, 'me')
    for (let id = 1; id < 65_535; id++) state.outgoing.set(id, flight)
    expect(nextPacketId(state, new Map())).toBe(65_535)
    state.outgoing.set(65_535, flight)
    expect(nextPacketId(state, new Map())).toBe(0)
  })
})

describe('a publish without an identifier left', () => {
  it('is refused, and one of QoS 0 is not', () => {
    const state = createSessionState(5, 'me')
    for (let id = 1; id <= 65_535; id++) state.outgoing.set(id, flight)
    const sent: Packet[] = []
    const wire: Wire = {
      events: {} as LinkEvents,
      server: {},
      isV5: true,
      asked: new Map(),
      send: (packet) => sent.push(packet),
      violate: () => {},
    }
    const outgoing = createOutgoing(state, wire, {
      names: names.message,
      inFlight: 65_535,
      republish: 'qos1',
    })
    const message = {
      id: 'x',
      key: 'a',
      event: 'message',
      payload: new Uint8Array(0),
      resent: false,
      options: {},
    }
    expect(() => outgoing.publish({ ...message, delivery: 'at-least-once' })).toThrow('[publish.refused]')
    expect(outgoing.publish({ ...message, delivery: 'at-most-once' })).toBe('sent')
    expect(sent).toHaveLength(1)
  })
})
