import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import { describe, expect, it } from 'vitest'
import { encryption } from './encrypted.ts'
import { createPusherFarEnd, seal, sharedSecret } from './far-end-test-setup.ts'
import { setup } from './pusher-test-setup.ts'

const NAME = 'private-encrypted-room'
const { sign } = createPusherFarEnd()
const NEW_KEY = Buffer.alloc(32, 9)

const encrypted = (value: unknown, master?: Buffer) => seal(NAME, value, master)

/** A joined channel; `secrets` are given out one after the other, the last one for good. */
async function joined(secrets: (string | undefined)[] = [sharedSecret(NAME)]) {
  let asked = 0
  let isOpen = true
  let open = (): void => {}
  let failure: object | undefined
  const fake = setup({
    encryption: encryption(),
    auth: {
      authorize: async ({ socketId, channel }) => {
        if (failure) throw Object.assign(new Error('No'), failure)
        const shared_secret = secrets[Math.min(asked++, secrets.length - 1)]
        if (!isOpen)
          await new Promise<void>((resolve) => {
            open = resolve
          })
        const { auth } = sign.channel(socketId, channel)
        return { auth, ...(shared_secret !== undefined && { shared_secret }) }
      },
    },
  })
  const heard: unknown[] = []
  const channel = fake.client.untyped(NAME)
  channel.on('said', (value) => heard.push(value))
  await fake.settled()
  return {
    ...fake,
    channel,
    heard,
    asked: () => asked,
    holdKeys() {
      isOpen = false
    },
    giveKeys: () => open(),
    failKeys(error: object) {
      failure = error
    },
  }
}

describe('encryption', () => {
  it('reads what nacl has sealed, also text that is no JSON', async () => {
    const { server, settled, heard } = await joined()
    server.publish(NAME, 'said', encrypted({ text: 'ä€😀' }))
    server.publish(NAME, 'said', encrypted('plain'))
    await settled()
    expect(heard).toEqual([{ text: 'ä€😀' }, 'plain'])
  })

  it('reads the published vector of NaCl secretbox', () => {
    const key = Buffer.from('1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389', 'hex')
    const nonce = Buffer.from('69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37', 'hex')
    const start = Buffer.from('f3ffc7703f9400e52a7dfb4b3d3305d9', 'hex')
    const sealed = xsalsa20poly1305(new Uint8Array(key), new Uint8Array(nonce)).encrypt(
      new Uint8Array(
        Buffer.from(
          'be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705',
          'hex',
        ),
      ),
    )
    expect(Buffer.from(sealed.slice(0, 16))).toEqual(start)
  })

  it('asks once for a new key, however many events wait for it, and keeps their order', async () => {
    const { server, settled, heard, asked, holdKeys, giveKeys } = await joined([
      sharedSecret(NAME),
      sharedSecret(NAME, NEW_KEY),
    ])
    holdKeys()
    for (const n of [1, 2, 3]) server.publish(NAME, 'said', encrypted(n, NEW_KEY))
    server.publish(NAME, 'said', encrypted(4, NEW_KEY))
    await settled()
    expect(heard).toEqual([])
    giveKeys()
    await settled()
    expect([heard, asked()]).toEqual([[1, 2, 3, 4], 2])
  })

  it('tells what does not open with the new key either, once each, and goes on', async () => {
    const { server, settled, heard, asked, expectError } = await joined()
    expectError('message.malformed', 2)
    server.publish(NAME, 'said', encrypted(1, NEW_KEY))
    server.publish(NAME, 'said', encrypted(2, NEW_KEY))
    server.publish(NAME, 'said', encrypted(3))
    await settled()
    expect([heard, asked()]).toEqual([[3], 2])
  })

  it.each([
    ['text', 'plain'],
    ['an object', { text: 'plain' }],
    ['nothing', null],
    ['numbers', { ciphertext: 1, nonce: 2 }],
  ])('tells %s that is not encrypted, without asking for a key', async (_what, data) => {
    const { server, settled, heard, asked, expectError } = await joined()
    expectError('message.malformed', 1)
    server.publish(NAME, 'said', data)
    await settled()
    expect([heard, asked()]).toEqual([[], 1])
  })

  it.each([
    ['no base64', { ciphertext: '%', nonce: '%' }],
    ['too short', { ciphertext: 'AAAA', nonce: 'AAAA' }],
  ])('tells what is %s', async (_what, data) => {
    const { server, settled, heard, expectError } = await joined()
    expectError('message.malformed', 1)
    server.publish(NAME, 'said', data)
    await settled()
    expect(heard).toEqual([])
  })

  it('goes on with the old key when there is no new one', async () => {
    const { server, settled, heard, expectError } = await joined([sharedSecret(NAME), undefined])
    expectError('message.malformed', 1)
    server.publish(NAME, 'said', encrypted(1, NEW_KEY))
    server.publish(NAME, 'said', encrypted(2))
    await settled()
    expect(heard).toEqual([2])
  })

  it('tells why there was no new key', async () => {
    const { server, settled, expectError, errors, failKeys } = await joined()
    expectError('message.malformed', 2)
    failKeys({ status: 403 })
    server.publish(NAME, 'said', encrypted(1, NEW_KEY))
    await settled()
    server.publish(NAME, 'said', 'plain')
    await settled()
    expect(errors.map(({ cause }) => cause)).toMatchObject([
      { code: 'auth.failed', details: { channel: NAME, status: 403 } },
      undefined,
    ])
  })

  it('tells a new key that is none as the cause', async () => {
    const { server, settled, heard, expectError, errors } = await joined([sharedSecret(NAME), 'AAAA'])
    expectError('message.malformed', 1)
    server.publish(NAME, 'said', encrypted(1, NEW_KEY))
    server.publish(NAME, 'said', encrypted(2))
    await settled()
    expect(errors).toMatchObject([{ cause: { message: expect.stringMatching(/3 bytes, not 32/) } }])
    expect(heard).toEqual([2])
  })

  it('delivers nothing of a channel that was left while it waited for a key', async () => {
    const { server, settled, heard, channel, holdKeys, giveKeys } = await joined([
      sharedSecret(NAME),
      sharedSecret(NAME, NEW_KEY),
    ])
    holdKeys()
    server.publish(NAME, 'said', encrypted(1, NEW_KEY))
    await settled()
    channel.leave({ now: true })
    await settled()
    giveKeys()
    await settled()
    expect(heard).toEqual([])
  })

  it.each([
    ['no key', undefined, 'no shared_secret'],
    ['a key that is too short', 'AAAA', 'a shared_secret of 3 bytes, not 32'],
  ])('is refused a channel whose authorization has %s', async (_what, shared_secret, words) => {
    const answer = { auth: 'app-key:x', ...(shared_secret && { shared_secret }) }
    const fake = setup({
      encryption: encryption(),
      auth: { endpoint: 'https://app.test/auth', fetch: async () => Response.json(answer) },
    })
    fake.expectError('auth.failed', 1)
    const channel = fake.client.untyped(NAME)
    channel.join()
    await fake.clock.advance(0)
    expect(channel.status.get()).toMatchObject({
      state: 'rejected',
      error: {
        message: `[auth.failed] Authorization of ${NAME} at https://app.test/auth has ${words}`,
        details: { channel: NAME, url: 'https://app.test/auth' },
      },
    })
    expect(fake.server.frames).toEqual([])
  })

  it('of another kind that throws is named in the refusal', async () => {
    const fake = setup({
      encryption: () => {
        throw new Error('No cipher')
      },
      auth: { authorize: ({ socketId, channel }) => sign.channel(socketId, channel) },
    })
    fake.expectError('auth.failed', 1)
    const channel = fake.client.untyped(NAME)
    channel.join()
    await fake.settled()
    expect(channel.status.get()).toMatchObject({
      error: { message: '[auth.failed] Function for encryption failed', cause: { message: 'No cipher' } },
    })
  })
})

describe('without encryption', () => {
  it('an encrypted channel is refused, and says what is missing', async () => {
    const fake = setup()
    fake.expectError('capability.missing', 1)
    const channel = fake.client.untyped(NAME)
    channel.join()
    await fake.settled()
    expect(channel.status.get()).toMatchObject({ state: 'rejected', error: { code: 'capability.missing' } })
    expect(fake.server.frames).toEqual([])
  })
})
