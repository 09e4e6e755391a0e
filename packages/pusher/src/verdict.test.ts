import { describe, expect, it } from 'vitest'
import { codes } from './codes.ts'
import { setup } from './pusher-test-setup.ts'
import { toFailure } from './verdict.ts'

describe('toFailure', () => {
  const table = Object.keys(codes).map((code) => {
    const failure = toFailure(Number(code))
    return `${code} ${failure?.verdict} ${failure?.error.code}`
  })

  it('has one verdict for every code of the protocol', () => {
    expect(table).toEqual([
      '4000 stop connection.refused',
      '4001 stop connection.refused',
      '4003 stop connection.refused',
      '4004 stop connection.refused',
      '4005 stop connection.refused',
      '4006 stop connection.refused',
      '4007 stop connection.refused',
      '4008 stop connection.refused',
      '4009 stop connection.refused',
      '4100 retry connection.lost',
      '4200 retry-now connection.lost',
      '4201 retry-now connection.lost',
      '4202 retry-now connection.lost',
      '4301 retry connection.lost',
      '4302 retry connection.lost',
    ])
  })

  it.each([4002, 4099, 4150, 4299, 4399])('knows what an unlisted code asks for: %i', (code) => {
    const verdicts = { 40: 'stop', 41: 'retry', 42: 'retry-now', 43: 'retry' }
    expect(toFailure(code)?.verdict).toBe(verdicts[Math.floor(code / 100) as 40])
  })

  it.each([undefined, 0, 1000, 1006, 3999, 4400, 4999])('leaves %s to the socket', (code) => {
    expect(toFailure(code)).toBeUndefined()
  })

  it('says why, in words of the server where there are some', () => {
    expect(toFailure(4001, 'No such app')?.error.message).toContain('No such app (4001)')
    expect(toFailure(4001)?.error.details).toEqual({ code: 4001 })
  })
})

describe('an error of the server', () => {
  const connected = async (options: Parameters<typeof setup>[0] = {}) => {
    const fake = setup(options)
    await fake.client.connect()
    return fake
  }

  it('stops the client for good when a code says so, by frame and close', async () => {
    const { client, server, settled, clock, transport } = await connected()
    server.error(4009, 'Signed out', 'close')
    await settled()
    expect(client.status.get()).toMatchObject({
      status: 'failed',
      lastError: { code: 'connection.refused', details: { code: 4009 } },
    })
    await clock.advance(600_000)
    expect(transport.sessions.length).toBe(1)
  })

  it('counts a code of a frame although the socket is dropped without one', async () => {
    const { client, server, settled, errors } = await connected({ farEnd: { dialect: 'reverb' } })
    server.error(4003, 'App is disabled', 'drop')
    await settled()
    expect(client.status.get()).toMatchObject({ status: 'failed', lastError: { details: { code: 4003 } } })
    expect(errors).toEqual([])
  })

  it('does not count a code that was said long before', async () => {
    const { client, server, clock, drop, expectError } = await connected()
    expectError('server.error', 1)
    server.error(4009, 'Not a member')
    await clock.advance(3000)
    await drop()
    expect(client.status.get().status).toBe('reconnecting')
  })

  it('does not count a code that other frames followed', async () => {
    const { client, server, settled, drop, expectError } = await connected()
    expectError('server.error', 1)
    server.error(4009, 'Not a member')
    await settled()
    server.say('pusher:ping')
    await settled()
    await drop()
    expect(client.status.get().status).toBe('reconnecting')
  })

  it('acts like the close when it is the first frame, although the socket stays open', async () => {
    const { client, transport, server, settled } = setup()
    server.withhold('pusher:connection_established')
    client.connect().catch(() => {})
    await settled()
    transport.last.send('{"event":"pusher:error","data":"{\\"code\\":4004,\\"message\\":\\"Over quota\\"}"}')
    await settled()
    expect(client.status.get()).toMatchObject({ status: 'failed', lastError: { details: { code: 4004 } } })
    expect(transport.last.closedBy).toBeDefined()
    server.release()
  })

  it('never ends the connection in the 4300s, as a frame, nor for good as a close', async () => {
    const { client, server, settled, transport, clock, expectError } = await connected()
    expectError('server.error', 2)
    server.error(4301, 'Client event was rejected')
    await settled()
    expect(client.status.get().status).toBe('connected')
    server.error(4302, 'Watchlist', 'close')
    await settled()
    expect(client.status.get().status).toBe('reconnecting')
    await clock.advance(30_000)
    expect([client.status.get().status, transport.sessions.length]).toEqual(['connected', 2])
  })

  it.each([
    ['no code', { message: 'Strange' }],
    ['a code that is null', { code: null, message: 'Strange' }],
    ['a code that is no number', { code: '4001', message: 'Strange' }],
    ['a code beyond the protocol', { code: 4999, message: 'Strange' }],
  ])('is told and no more with %s', async (_name, data) => {
    const { client, server, settled, expectError, errors } = await connected()
    expectError('server.error', 1)
    server.say('pusher:error', data)
    await settled()
    expect(client.status.get().status).toBe('connected')
    expect(errors[0]?.details).toMatchObject({ reason: 'Strange' })
  })

  it('is told once, as one of the connection, when the end follows', async () => {
    const { errors, server, settled, client } = await connected()
    server.error(4200, 'Restarting', 'close')
    await settled()
    expect(errors).toEqual([])
    expect(client.status.get().lastError?.details).toMatchObject({ code: 4200, reason: 'Restarting' })
  })

  it('comes back at once after 4200, and then waits like after any other', async () => {
    const { server, clock, transport, settled } = await connected()
    transport.onDial((peer) => peer.onFrame(() => {}))
    await clock.advance(10_000)
    server.error(4200, 'Restarting', 'close')
    await settled()
    await clock.advance(0)
    expect(transport.sessions.length).toBe(2)
  })

  it('does not come back within a second of 4100', async () => {
    const { server, clock, transport } = await connected()
    await clock.advance(10_000)
    server.error(4100, 'Over capacity', 'close')
    await clock.advance(999)
    expect(transport.sessions.length).toBe(1)
    await clock.advance(1100)
    expect(transport.sessions.length).toBe(2)
  })

  it('makes at most 10 connections in 3 s out of a storm of 4200', async () => {
    const { client, transport, clock, settled } = setup()
    let count = 0
    transport.onDial((peer) => {
      count++
      peer.send('{"event":"pusher:error","data":{"code":4200,"message":"Storm"}}')
      peer.end({ code: 4200, reason: 'Storm' })
    })
    client.connect().catch(() => {})
    await settled()
    await clock.advance(3000)
    expect(count).toBeGreaterThan(1)
    expect(count).toBeLessThanOrEqual(10)
  })
})
