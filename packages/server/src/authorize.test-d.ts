import { expectTypeOf, it } from 'vitest'
import { createServer } from './index.ts'

it('types the parameters of a rule by its pattern', () => {
  const server = createServer({ mode: 'development' })
  server.authorize('booking.{userId}.{part}', (user, params, request) => {
    expectTypeOf(params).toEqualTypeOf<{ readonly userId: string; readonly part: string }>()
    expectTypeOf(user.id).toEqualTypeOf<string>()
    expectTypeOf(request.want).toEqualTypeOf<'subscribe' | 'publish'>()
    // @ts-expect-error the pattern has no such hole
    params.id
    return true
  })
  // @ts-expect-error a rule says yes, no, a grant or a refusal
  server.authorize('a', () => 'yes')
})

it('types what hooks get', () => {
  const server = createServer({ mode: 'development' })
  server.on('disconnect', (connection, { code }) => {
    expectTypeOf(connection.user).toEqualTypeOf<string | undefined>()
    expectTypeOf(code).toEqualTypeOf<number>()
  })
  // @ts-expect-error there is no such hook
  server.on('nothing', () => {})
})

it('takes only faults that exist', () => {
  const { faults } = createServer({ mode: 'development' })
  faults.add({ at: 'frame', direction: 'out', type: 'msg', nth: 3, do: 'drop' })
  // @ts-expect-error a dropped frame has no code
  faults.add({ at: 'frame', do: 'drop', code: 4000 })
  // @ts-expect-error frames cannot be dropped before there are any
  faults.add({ at: 'open', do: 'drop' })
})
