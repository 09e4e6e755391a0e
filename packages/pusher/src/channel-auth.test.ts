import { describe, expect, it } from 'vitest'
import type { AuthContext, ChannelAuth } from './auth-options.ts'
import { createPusherFarEnd } from './far-end-test-setup.ts'
import { type SetupOptions, setup } from './pusher-test-setup.ts'

interface Post {
  readonly url: string
  readonly headers: Record<string, string>
  readonly form: Record<string, string>
  readonly signal: AbortSignal
  readonly credentials: string
}

type Answer = Response | Promise<Response>
const { sign } = createPusherFarEnd()

const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers })

const signed = ({ form }: Post): Response =>
  json(sign.channel(form['socket_id'] ?? '', form['channel_name'] ?? ''))

/** A client whose endpoint answers as told; afterwards it signs. */
function endpoint(
  answers: readonly ((post: Post) => Answer)[],
  auth: ChannelAuth = {},
  more: SetupOptions = {},
) {
  const posts: Post[] = []
  const rest = [...answers]
  const fetch = (async (url: string, init: RequestInit) => {
    const post: Post = {
      url,
      headers: init.headers as Record<string, string>,
      form: Object.fromEntries(new URLSearchParams(init.body as string)),
      signal: init.signal as AbortSignal,
      credentials: init.credentials as string,
    }
    posts.push(post)
    return (rest.shift() ?? signed)(post)
  }) as unknown as typeof globalThis.fetch
  return { ...setup({ ...more, auth: { fetch, ...auth } }), posts }
}

const NAME = 'private-user.42'

async function joining(fake: ReturnType<typeof endpoint>, name = NAME) {
  const channel = fake.client.untyped(name)
  channel.join()
  await fake.clock.advance(0)
  return channel
}

describe('channel authorization', () => {
  it('posts socket and channel as a form, with what the options add', async () => {
    const fake = endpoint([], {
      endpoint: 'https://app.test/auth',
      headers: { Authorization: 'Bearer 1' },
      params: () => ({ tenant: 'a&b' }),
      credentials: 'include',
    })
    const channel = await joining(fake)
    expect(channel.status.get().state).toBe('joined')
    expect(fake.posts).toEqual([
      {
        url: 'https://app.test/auth',
        headers: {
          Accept: 'application/json',
          'Content-Type': 'application/x-www-form-urlencoded',
          Authorization: 'Bearer 1',
        },
        form: { socket_id: '1.100', channel_name: NAME, tenant: 'a&b' },
        signal: expect.any(AbortSignal),
        credentials: 'include',
      },
    ])
  })

  it('goes to /broadcasting/auth of the page, with cookies of the same origin, unless told', async () => {
    const fake = endpoint([])
    await joining(fake)
    expect(fake.posts[0]).toMatchObject({ url: '/broadcasting/auth', credentials: 'same-origin' })
  })

  it('is not asked for public channels', async () => {
    const fake = endpoint([])
    const channel = await joining(fake, 'availability')
    expect([channel.status.get().state, fake.posts]).toEqual(['joined', []])
    expect(fake.server.frames).toEqual([{ event: 'pusher:subscribe', data: { channel: 'availability' } }])
  })

  it('calls a function for headers afresh for every request, so a reconnect carries the new token', async () => {
    let token = 'old'
    const fake = endpoint([], { headers: async () => ({ Authorization: `Bearer ${token}` }) })
    const channel = await joining(fake)
    const heard: unknown[] = []
    channel.on('BookingStatusUpdated', (status) => heard.push(status))
    token = 'new'
    await fake.drop()
    expect(fake.client.status.get().status).not.toBe('connected')
    await fake.clock.advance(5000)
    fake.server.publish(NAME, 'BookingStatusUpdated', 'paid')
    await fake.settled()
    expect(fake.posts.map(({ headers }) => headers['Authorization'])).toEqual(['Bearer old', 'Bearer new'])
    expect(fake.server.frames.filter(({ event }) => event === 'pusher:subscribe').length).toBe(2)
    expect(heard).toEqual(['paid'])
  })

  it('sees headers that are changed in place', async () => {
    const headers: Record<string, string> = { Authorization: 'old' }
    const fake = endpoint([], { headers })
    await joining(fake)
    headers['Authorization'] = 'new'
    await joining(fake, 'private-other')
    expect(fake.posts.map(({ headers: sent }) => sent['Authorization'])).toEqual(['old', 'new'])
  })

  it('shares one call for headers among requests of one moment', async () => {
    let calls = 0
    const fake = endpoint([], {
      headers: async () => {
        calls++
        return {}
      },
    })
    for (const n of [1, 2, 3]) fake.client.untyped(`private-${n}`).join()
    await fake.clock.advance(0)
    expect([calls, fake.posts.length]).toEqual([1, 3])
  })

  it('asks a function for headers anew when the call before never ended', async () => {
    let calls = 0
    const fake = endpoint([], {
      timeoutMs: 1000,
      headers: () => (++calls === 1 ? new Promise(() => {}) : {}),
    })
    fake.expectError('auth.failed', 1)
    const channel = await joining(fake)
    await fake.clock.advance(5000)
    expect([channel.status.get().state, calls]).toEqual(['joined', 2])
  })

  it('is tried again after a function for headers threw', async () => {
    let calls = 0
    const fake = endpoint([], {
      headers: () => {
        if (++calls === 1) throw new Error('No token yet')
        return {}
      },
    })
    fake.expectError('auth.failed', 1)
    const channel = await joining(fake)
    expect(channel.status.get()).toMatchObject({ error: { cause: { message: 'No token yet' } } })
    await fake.clock.advance(5000)
    expect(channel.status.get().state).toBe('joined')
  })

  it.each([401, 419])('refreshes once after %i, and joins', async (status) => {
    const contexts: AuthContext[] = []
    const fake = endpoint([() => json({}, status)], {
      headers: (context) => {
        contexts.push(context)
        return {}
      },
    })
    const channel = await joining(fake)
    expect([channel.status.get().state, fake.posts.length]).toEqual(['joined', 2])
    expect(contexts).toEqual([{ refresh: false }, { refresh: true }])
  })

  it('refreshes once for all channels, however far apart their refusals come', async () => {
    let token = 'old'
    const contexts: AuthContext[] = []
    const held: ((answer: Response) => void)[] = []
    const fake = endpoint(
      [0, 1, 2].map(() => () => new Promise<Response>((resolve) => held.push(resolve))),
      {
        headers: async (context) => {
          contexts.push(context)
          // Each renewal ends what was before.
          if (context.refresh) token = `new ${contexts.length}`
          return { Authorization: token }
        },
      },
    )
    const channels = ['private-a', 'private-b', 'private-c'].map((name) => fake.client.untyped(name))
    for (const channel of channels) channel.join()
    await fake.clock.advance(0)
    for (const refuse of held) {
      refuse(json({}, 401))
      await fake.clock.advance(100)
    }
    expect(channels.map((channel) => channel.status.get().state)).toEqual(['joined', 'joined', 'joined'])
    expect(contexts.filter(({ refresh }) => refresh).length).toBe(1)
    expect(fake.posts.slice(3).map(({ headers }) => headers['Authorization'])).toEqual(
      ['a', 'b', 'c'].map(() => 'new 2'),
    )
  })

  it('reads headers again that changed after another channel was refused for good', async () => {
    let token = 'old'
    const held: ((answer: Response) => void)[] = []
    const hold = () => new Promise<Response>((resolve) => held.push(resolve))
    const fake = endpoint([hold, hold, () => json({}, 401)], { headers: () => ({ Authorization: token }) })
    fake.expectError('auth.failed', 1)
    const [a, b] = ['private-a', 'private-b'].map((name) => fake.client.untyped(name))
    a?.join()
    b?.join()
    await fake.clock.advance(0)
    held[0]?.(json({}, 401))
    await fake.clock.advance(0)
    expect(a?.status.get().state).toBe('rejected')
    token = 'new'
    held[1]?.(json({}, 401))
    await fake.clock.advance(0)
    expect(b?.status.get().state).toBe('joined')
    expect(fake.posts.map(({ headers }) => headers['Authorization'])).toEqual(['old', 'old', 'old', 'new'])
  })

  it('keeps to renewed headers where the function gives the old ones without being told', async () => {
    const held: ((answer: Response) => void)[] = []
    const hold = () => new Promise<Response>((resolve) => held.push(resolve))
    const fake = endpoint([hold, hold], {
      headers: ({ refresh }) => ({ Authorization: refresh ? 'new' : 'old' }),
    })
    const channels = ['private-a', 'private-b'].map((name) => fake.client.untyped(name))
    for (const channel of channels) channel.join()
    await fake.clock.advance(0)
    for (const refuse of held) {
      refuse(json({}, 401))
      await fake.clock.advance(0)
    }
    expect(channels.map((channel) => channel.status.get().state)).toEqual(['joined', 'joined'])
    expect(fake.posts.map(({ headers }) => headers['Authorization'])).toEqual(['old', 'old', 'new', 'new'])
  })

  it.each([401, 419])('is final after a second %i', async (status) => {
    const fake = endpoint([() => json({}, status), () => json({}, status)])
    fake.expectError('auth.failed', 1)
    const channel = await joining(fake)
    await fake.clock.advance(120_000)
    expect(fake.posts.length).toBe(2)
    expect(channel.status.get()).toMatchObject({
      state: 'rejected',
      error: { code: 'auth.failed', details: { channel: NAME, status } },
    })
    expect(fake.client.status.get().status).toBe('connected')
  })

  it.each([400, 403, 404, 422])('is final after %i', async (status) => {
    const fake = endpoint([() => json({}, status)])
    fake.expectError('auth.failed', 1)
    const channel = await joining(fake)
    await fake.clock.advance(120_000)
    expect(fake.posts.length).toBe(1)
    expect(channel.status.get()).toMatchObject({ error: { details: { channel: NAME, status } } })
  })

  it('names the endpoint that refused, without its query', async () => {
    const fake = endpoint([() => json({}, 404)], { endpoint: 'https://app.test/auth?secret=1' })
    fake.expectError('auth.failed', 1)
    const channel = await joining(fake)
    expect(channel.status.get()).toMatchObject({
      error: {
        message: `[auth.failed] Authorization of ${NAME} at https://app.test/auth failed with 404`,
        details: { url: 'https://app.test/auth' },
      },
    })
  })

  it('says so when the usual endpoint is asked where there is no page', async () => {
    const fake = endpoint([() => fetch('/broadcasting/auth')])
    fake.expectError('auth.failed', 1)
    const channel = await joining(fake)
    expect(channel.status.get()).toMatchObject({
      error: {
        message: expect.stringMatching(/at \/broadcasting\/auth failed with no answer: without a page/),
      },
    })
  })

  it('can be tried again without a reconnect', async () => {
    const fake = endpoint([() => json({}, 403)])
    fake.expectError('auth.failed', 1)
    const channel = await joining(fake)
    channel.retry()
    await fake.clock.advance(0)
    expect([channel.status.get().state, fake.transport.sessions.length]).toEqual(['joined', 1])
  })

  it.each([408, 425, 429, 500, 503])('is tried again with backoff after %i', async (status) => {
    const fake = endpoint([() => json({}, status), () => json({}, status)])
    fake.expectError('auth.failed', 2)
    const channel = await joining(fake)
    expect(channel.status.get()).toMatchObject({
      state: 'rejected',
      error: { code: 'auth.failed', details: { channel: NAME, status, retry: true } },
      retryAt: expect.any(Number),
    })
    await fake.clock.advance(10_000)
    expect([channel.status.get().state, fake.posts.length]).toEqual(['joined', 3])
  })

  it('is tried again after the network failed', async () => {
    const fake = endpoint([() => Promise.reject(new TypeError('fetch failed'))])
    fake.expectError('auth.failed', 1)
    const channel = await joining(fake)
    const status = channel.status.get()
    expect(status).toMatchObject({
      error: { details: { channel: NAME, retry: true }, cause: { message: 'fetch failed' } },
    })
    await fake.clock.advance(5000)
    expect(channel.status.get().state).toBe('joined')
  })

  it.each([
    ['seconds', () => '7', 7000],
    ['a date', (date: number) => new Date(date + 9000).toUTCString(), 9000],
  ])('waits as long as Retry-After says, in %s', async (_unit, header, waitMs) => {
    let date = 0
    const fake = endpoint([() => json({}, 429, { 'Retry-After': header(date) })])
    date = Math.floor(fake.clock.date() / 1000) * 1000
    fake.expectError('auth.failed', 1)
    await joining(fake)
    await fake.clock.advance(waitMs - 1001)
    expect(fake.posts.length).toBe(1)
    await fake.clock.advance(1001)
    expect(fake.posts.length).toBe(2)
  })

  it('gives up waiting for an answer after its time limit, and tries again', async () => {
    const fake = endpoint([() => new Promise(() => {})], { timeoutMs: 3000 })
    fake.expectError('auth.failed', 1)
    const channel = await joining(fake)
    await fake.clock.advance(3000)
    expect(fake.posts[0]?.signal.aborted).toBe(true)
    expect(channel.status.get()).toMatchObject({ state: 'rejected', error: { details: { retry: true } } })
    await fake.clock.advance(5000)
    expect(channel.status.get().state).toBe('joined')
  })

  it.each([
    ['HTML', () => new Response('<html>Log in</html>')],
    ['nothing', () => new Response('')],
    ['a list', () => json([])],
    ['null', () => json(null)],
    ['no auth', () => json({ token: 'x' })],
    ['an auth that is base64 and no signature', () => json({ auth: 'eyJzb2NrZXRfaWQiOiIxIn0=' })],
    ['an auth that is no text', () => json({ auth: { a: 1 } })],
  ])('is final when a good status comes with %s', async (_what, answer) => {
    const fake = endpoint([answer])
    fake.expectError('auth.failed', 1)
    const channel = await joining(fake)
    await fake.clock.advance(60_000)
    expect(channel.status.get()).toMatchObject({
      state: 'rejected',
      error: { details: { channel: NAME, status: 200 } },
    })
    expect([fake.posts.length, fake.client.status.get().status]).toEqual([1, 'connected'])
  })

  it.each([
    ['<!DOCTYPE html><p>token=1', 'the answer is text that begins with <!DOCTYPE'],
    ['token=1', 'the answer is text'],
    ['"token=1"', 'the answer is text'],
    ['', 'the answer is empty'],
    ['true', 'the answer is true'],
  ])('says what came instead of a signature: %s', async (text, words) => {
    const fake = endpoint([() => new Response(text)])
    fake.expectError('auth.failed', 1)
    const channel = await joining(fake)
    expect(channel.status.get()).toMatchObject({
      error: {
        message: `[auth.failed] Authorization of ${NAME} at /broadcasting/auth has no key:signature: ${words}`,
      },
    })
  })

  it('aborts what is under way when the channel is left', async () => {
    const fake = endpoint([() => new Promise(() => {})])
    const channel = await joining(fake)
    channel.leave({ now: true })
    await fake.settled()
    expect(fake.posts[0]?.signal.aborted).toBe(true)
    expect(fake.server.frames).toEqual([])
  })

  it('aborts what is under way when the line is lost, and asks anew for the new socket', async () => {
    const fake = endpoint([() => new Promise(() => {})])
    const channel = await joining(fake)
    await fake.drop()
    expect(fake.posts[0]?.signal.aborted).toBe(true)
    await fake.clock.advance(5000)
    expect([channel.status.get().state, fake.posts[1]?.form['socket_id']]).toEqual(['joined', '2.200'])
  })

  it('calls a function instead of an endpoint', async () => {
    const requests: object[] = []
    const fake = setup({
      auth: {
        authorize: async ({ signal, ...request }) => {
          requests.push(request)
          return sign.channel(request.socketId, request.channel)
        },
      },
    })
    const channel = fake.client.untyped(NAME)
    channel.join()
    await fake.settled()
    expect(channel.status.get().state).toBe('joined')
    expect(requests).toMatchObject([{ socketId: '1.100', channel: NAME, refresh: false }])
  })

  it.each([
    ['403 is final', { status: 403 }, 1],
    ['403 of an HTTP client is final', { response: { status: 403 } }, 1],
    ['401 is asked once more', { status: 401 }, 2],
    ['anything else is asked again later', {}, 3],
  ])('takes the status of what a function throws: %s', async (_name, error, calls) => {
    let count = 0
    const fake = setup({
      auth: {
        authorize: () => {
          count++
          throw Object.assign(new Error('No'), error)
        },
      },
    })
    fake.client.untyped(NAME).join()
    await fake.clock.advance(2000)
    for (const { code } of fake.errors) fake.expectError(code)
    expect([Math.min(count, 3), fake.errors[0]?.code]).toEqual([calls, 'auth.failed'])
  })

  it('is told by a server that does not accept it', async () => {
    const fake = setup({ auth: { authorize: () => ({ auth: 'app-key:forged' }) } })
    fake.expectError('channel.rejected', 1)
    const channel = fake.client.untyped(NAME)
    channel.join()
    await fake.settled()
    expect(channel.status.get()).toMatchObject({
      state: 'rejected',
      error: { code: 'channel.rejected', details: { channel: NAME, status: 401, code: 'AuthError' } },
    })
  })

  it('tries again what the server could not do for now', async () => {
    const fake = setup()
    fake.expectError('channel.rejected', 1)
    fake.server.withhold('pusher_internal:subscription_succeeded')
    const channel = fake.client.untyped(NAME)
    channel.join()
    await fake.settled()
    fake.server.release()
    fake.server.say('pusher:subscription_error', { type: 'ServerError', status: 500 }, NAME)
    await fake.clock.advance(5000)
    expect(channel.status.get().state).toBe('joined')
  })
})

describe('a refusal of Reverb, which names no channel', () => {
  it('is of the only private channel that waits', async () => {
    const fake = setup({
      farEnd: { dialect: 'reverb' },
      auth: { authorize: () => ({ auth: 'app-key:forged' }) },
    })
    fake.expectError('channel.rejected', 1)
    const channel = fake.client.untyped(NAME)
    fake.client.untyped('availability').join()
    channel.join()
    await fake.settled()
    expect(channel.status.get()).toMatchObject({
      state: 'rejected',
      error: { details: { channel: NAME, code: 4009 } },
    })
    channel.retry()
    fake.expectError('channel.rejected', 1)
    await fake.settled()
    expect([fake.client.status.get().status, channel.status.get().state]).toEqual(['connected', 'rejected'])
  })

  const refusing = (...bad: string[]) => {
    const fake = setup({
      farEnd: { dialect: 'reverb' },
      auth: {
        authorize: ({ socketId, channel }) =>
          bad.includes(channel) ? { auth: 'app-key:forged' } : sign.channel(socketId, channel),
      },
    })
    fake.expectError('channel.rejected', bad.length)
    const channels = ['private-a', 'private-b', 'private-c'].map((name) => fake.client.untyped(name))
    for (const channel of channels) channel.join()
    return { ...fake, states: () => channels.map((channel) => channel.status.get().state), channels }
  }

  it('is of those that are left when all others have their answer', async () => {
    const { settled, states } = refusing('private-b')
    await settled()
    expect(states()).toEqual(['joined', 'rejected', 'joined'])
  })

  it('is of all that wait when there are as many', async () => {
    const { settled, states } = refusing('private-a', 'private-b', 'private-c')
    await settled()
    expect(states()).toEqual(['rejected', 'rejected', 'rejected'])
  })

  it('is not of another channel when the one it is about has been left', async () => {
    const fake = setup({ farEnd: { dialect: 'reverb' } })
    fake.server.refuse('private-a')
    fake.server.withhold('pusher_internal:subscription_succeeded')
    const [bad, good] = ['private-a', 'private-b'].map((name) => fake.client.untyped(name))
    bad?.join()
    good?.join()
    await fake.settled()
    bad?.leave({ now: true })
    await fake.settled()
    expect([bad?.status.get().state, good?.status.get().state]).toEqual(['left', 'joining'])
    fake.server.release()
    fake.server.say('pusher_internal:subscription_succeeded', {}, 'private-b')
    await fake.settled()
    expect(good?.status.get().state).toBe('joined')
  })

  it('is a time-out of the channel when it never comes', async () => {
    const fake = setup({ farEnd: { dialect: 'reverb' } })
    fake.server.withhold('pusher:error', 'pusher_internal:subscription_succeeded')
    fake.expectError('channel.timeout', 1)
    const channel = fake.client.untyped(NAME)
    channel.join()
    await fake.clock.advance(10_000)
    expect(channel.status.get()).toMatchObject({ state: 'rejected', error: { code: 'channel.timeout' } })
    fake.server.release()
    await fake.clock.advance(5000)
    expect(channel.status.get().state).toBe('joined')
  })
})

describe('batched authorization', () => {
  const batch = (answer: (channels: string[], socketId: string) => Response, more: ChannelAuth = {}) =>
    endpoint(
      [
        ({ form }) =>
          answer(
            Object.keys(form)
              .filter((name) => name.startsWith('channel_name'))
              .map((name) => form[name] ?? ''),
            form['socket_id'] ?? '',
          ),
      ],
      { batch: true, ...more },
    )

  const statuses = async (fake: ReturnType<typeof batch>, names: readonly string[]) => {
    const channels = names.map((name) => fake.client.untyped(name))
    for (const channel of channels) channel.join()
    await fake.clock.advance(0)
    return channels.map((channel) => {
      const status = channel.status.get()
      return status.state === 'rejected' ? (status.error.details as { status?: number }).status : status.state
    })
  }

  it.each([
    ['by name', (all: object) => all],
    ['by socket, as pusher-js-auth wants it', (all: object) => ({ '1.100': all })],
  ])('asks for many channels in one request, answered %s', async (_how, wrap) => {
    const fake = batch((channels, socketId) => {
      const all = channels.map((channel) => [channel, { status: 200, data: sign.channel(socketId, channel) }])
      return json(wrap(Object.fromEntries(all)))
    })
    const names = Array.from({ length: 60 }, (_, n) => `private-${n}`)
    expect(await statuses(fake, names)).toEqual(names.map(() => 'joined'))
    expect(fake.posts.length).toBe(1)
    expect(fake.posts[0]?.form).toMatchObject({
      'channel_name[0]': 'private-0',
      'channel_name[59]': 'private-59',
    })
  })

  it('takes answers without a status, and tells each refusal', async () => {
    const fake = batch((_, socketId) =>
      json({ 'private-a': sign.channel(socketId, 'private-a'), 'private-b': { status: 403 } }),
    )
    fake.expectError('auth.failed', 2)
    expect(await statuses(fake, ['private-a', 'private-b', 'private-c'])).toEqual(['joined', 403, 404])
  })

  it('goes on for the others when one is left meanwhile', async () => {
    let answer = (_: Response): void => {}
    const fake = endpoint(
      [
        () =>
          new Promise<Response>((resolve) => {
            answer = resolve
          }),
      ],
      { batch: true },
    )
    const [one, other] = ['private-a', 'private-b'].map((name) => fake.client.untyped(name))
    one?.join()
    other?.join()
    await fake.clock.advance(0)
    one?.leave({ now: true })
    await fake.settled()
    answer(
      json({
        'private-a': sign.channel('1.100', 'private-a'),
        'private-b': sign.channel('1.100', 'private-b'),
      }),
    )
    await fake.clock.advance(0)
    expect([one?.status.get().state, other?.status.get().state]).toEqual(['left', 'joined'])
    expect(fake.server.frames.length).toBe(1)
  })

  it('calls a function for all of them', async () => {
    const asked: (readonly string[])[] = []
    const fake = setup({
      auth: {
        authorizeAll: ({ channels, socketId }) => {
          asked.push(channels)
          return Object.fromEntries(channels.map((channel) => [channel, sign.channel(socketId, channel)]))
        },
      },
    })
    for (const name of ['private-a', 'private-b', 'open']) fake.client.untyped(name).join()
    await fake.settled()
    expect(asked).toEqual([['private-a', 'private-b']])
    expect(fake.client.untyped('private-b').status.get().state).toBe('joined')
  })
})
