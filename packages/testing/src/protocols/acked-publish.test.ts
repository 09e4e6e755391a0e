import type { OutgoingMessage } from '@org/realtime-core/kit'
import { describe, expect, it } from 'vitest'
import { farEnds } from '../far-end.ts'
import { settled } from '../settled.ts'
import { message, request, setupLinks } from './link-test-setup.ts'

const setup = () => setupLinks(farEnds.acked())
const said = (id: string, more?: Partial<OutgoingMessage>) => message(id, `{"n":"${id}"}`, more)

describe('acked protocol, publishing', () => {
  it('settles an at-least-once publish by its ack, and sends others without asking for one', async () => {
    const { open, server } = setup()
    const { link, log } = await open()
    link.subscribe([request('room')])
    await settled()
    expect(link.publish?.(said('1'))).toBe('pending')
    expect(link.publish?.(said('2', { delivery: 'at-most-once' }))).toBe('sent')
    await settled()
    expect(log.filter(([name]) => name === 'settled')).toEqual([['settled', '1', 'acknowledged']])
    expect(server.received).toMatchObject([
      { id: '1', channel: 'room', event: 'said', payload: { n: '1' }, duplicate: false },
      { id: '2', payload: { n: '2' }, resent: false },
    ])
  })

  it('is recognised by its id when it sends a publish again', async () => {
    const { open, server } = setup()
    const { link, log } = await open()
    link.subscribe([request('room')])
    await settled()
    link.publish?.(said('1'))
    link.publish?.(said('1', { resent: true }))
    await settled()
    expect(server.received.map(({ duplicate, resent }) => [duplicate, resent])).toEqual([
      [false, false],
      [true, true],
    ])
    expect(log.filter(([name]) => name === 'message')).toHaveLength(1)
  })

  it('names the publish that the server refused', async () => {
    const { open, server } = setup()
    server.refusePublish('room', 'read only')
    const { link, log } = await open()
    link.publish?.(said('1'))
    await settled()
    const details = { channel: 'room', event: 'said', id: '1', code: 'read only' }
    expect(log.slice(1)).toMatchObject([['settled', '1', { refused: { code: 'publish.refused', details } }]])
  })
})
