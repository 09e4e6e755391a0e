import { describe, expect, it } from 'vitest'
import { farEnds } from '../far-end.ts'
import { settled } from '../settled.ts'
import { request, setupLinks } from './link-test-setup.ts'

const setup = () => setupLinks(farEnds.acked())
const FRESH = { continuity: 'unknown' }

describe('createAckedServer', () => {
  it('loses what it withholds', async () => {
    const { open, server } = setup()
    const { link, log } = await open()
    server.withhold('pong')
    link.ping?.()
    link.subscribe([request('room')])
    await settled()
    server.withhold()
    server.publish('room', 'said', 'lost')
    await settled()
    server.release()
    link.ping?.()
    await settled()
    expect(log.slice(1)).toMatchObject([['joined', 'room', FRESH], ['pong']])
  })

  it('refuses dials during an outage and remembers everything after it', async () => {
    const { open, server } = setup()
    const { log } = await open()
    server.outage({ code: 1001 })
    await settled()
    expect(log.at(-1)).toEqual(['end', { code: 1001 }])
    await expect(open()).rejects.toThrow('ended before it opened')
    server.restore()
    expect((await open()).log).toMatchObject([['ready', {}]])
  })
})
