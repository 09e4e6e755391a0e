import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseGreeting, parseRakitFrame } from './rakit-frames.ts'

const members = (text: string): unknown => {
  const frame = parseRakitFrame(text)
  return frame.kind === 'presence' ? frame.members : frame
}

describe('parseRakitFrame', () => {
  it.each([
    ['plain text', { kind: 'text', text: 'plain text' }],
    ['', { kind: 'text', text: '' }],
    ['Client #AX8Qj4ax disconnected', { kind: 'text', text: 'Client #AX8Qj4ax disconnected' }],
    ['{"client_id":"a","message":"Halo!"}', { kind: 'said', from: 'a', text: 'Halo!' }],
    [
      '{"client_id":"a","message":"{\\"message\\":\\"Halo semua!\\"}"}',
      { kind: 'said', from: 'a', text: '{"message":"Halo semua!"}' },
    ],
    [
      '{"channel":"chat","data":{"n":[1,"\\u00e9\\/"]},"client_id":"a"}',
      { kind: 'channel', channel: 'chat', data: { n: [1, 'é/'] }, from: 'a' },
    ],
    [
      '{"channel":"chat","data":false,"client_id":"a"}',
      { kind: 'channel', channel: 'chat', data: false, from: 'a' },
    ],
  ])('reads %j', (text, expected) => {
    expect(parseRakitFrame(text)).toEqual(expected)
  })

  it('reads members from an object by id, as Rakit sends them', () => {
    const text =
      '{"type":"presence","users":{"nWhprJw9":{"id":"nWhprJw9","name":"Guest","connected_at":1795239098}}}'
    expect(members(text)).toEqual([
      { id: 'nWhprJw9', info: { name: 'Guest', connectedAt: 1_795_239_098_000, trusted: false } },
    ])
  })

  it('reads members from a list, as the manual of Rakit shows them, with their address', () => {
    const text =
      '{"type":"presence","users":[{"id":"a","name":"Ann","email":"ann@example.org","connected_at":1},{"id":"b"}]}'
    expect(members(text)).toEqual([
      { id: 'a', info: { name: 'Ann', email: 'ann@example.org', connectedAt: 1000, trusted: false } },
      { id: 'b', info: { name: 'Guest', trusted: false } },
    ])
  })

  it('reads an empty room, which PHP writes as a list', () => {
    expect(members('{"type":"presence","users":[]}')).toEqual([])
  })

  it('leaves out members that are none', () => {
    expect(
      members('{"type":"presence","users":[null,7,"x",{},{"id":7},{"id":"a","name":[],"email":{}}]}'),
    ).toEqual([{ id: 'a', info: { name: 'Guest', trusted: false } }])
  })

  it.each([
    '{"a":1}',
    '[]',
    '7',
    'null',
    '"x"',
    '{',
    '{}',
    '{"client_id":"a"}',
    '{"client_id":1,"message":"x"}',
    '{"client_id":"a","message":{}}',
    '{"channel":true,"data":1,"client_id":"a"}',
    '{"channel":"chat","client_id":"a"}',
    '{"type":"presence"}',
    '{"type":"presence","users":7}',
    '{"type":"presence","users":null}',
  ])('takes %j for text, because anything may be sent as text', (text) => {
    expect(parseRakitFrame(text)).toEqual({ kind: 'text', text })
  })

  it('never throws, whatever is sent as text', () => {
    const shape = fc.record(
      {
        type: fc.constant('presence'),
        users: fc.anything(),
        client_id: fc.anything(),
        channel: fc.anything(),
        data: fc.anything(),
        message: fc.anything(),
      },
      { requiredKeys: [] },
    )
    const text = fc.oneof(
      shape.map((value) => JSON.stringify(value) ?? ''),
      fc.json(),
      fc.string(),
    )
    fc.assert(
      fc.property(text, (given) => {
        const frame = parseRakitFrame(given)
        if (frame.kind === 'text') expect(frame.text).toBe(given)
        if (frame.kind === 'presence') for (const { id } of frame.members) expect(typeof id).toBe('string')
      }),
    )
  })
})

describe('parseGreeting', () => {
  it.each([
    ['Client #nWhprJw9 connected', 'nWhprJw9'],
    ['Client #nWhprJw9 disconnected', undefined],
    ['Client #a b connected', undefined],
    ['x Client #nWhprJw9 connected', undefined],
    ['Client #nWhprJw9 connected\nx', undefined],
    ['', undefined],
  ])('reads %j as %j', (text, id) => {
    expect(parseGreeting(text)).toBe(id)
  })
})
