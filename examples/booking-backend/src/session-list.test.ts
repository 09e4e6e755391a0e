import { describe, expect, it } from 'vitest'
import { createSessionList, type SessionView } from './session-list.ts'

const at = (second: number): string => `2026-03-01T09:00:0${second}Z`
const places = (session_id: number, available_slots: number, second: number) => ({
  session_id,
  available_slots,
  total_capacity: 20,
  updated_at: at(second),
})
const named = (...[id, slots, second]: Parameters<typeof places>) => ({
  ...places(id, slots, second),
  session_name: `Session ${id}`,
  date: '2026-03-01',
})
const ok = (...data: ReturnType<typeof named>[]) => Response.json({ data })

function setup() {
  const answers: { resolve: (response: Response) => void; reject: (error: Error) => void }[] = []
  const views: SessionView[] = []
  const list = createSessionList(
    (view) => views.push(view),
    () => new Promise((resolve, reject) => answers.push({ resolve, reject })),
  )
  return { list, answers, view: () => views.at(-1) }
}

describe('createSessionList()', () => {
  it('keeps what is told while the answer is on its way, and the name from the answer', async () => {
    const { list, answers, view } = setup()
    const loaded = list.load()
    list.put(places(1, 3, 2))
    list.put(named(3, 7, 2))
    expect(view()).toEqual({ failed: false })
    answers[0]?.resolve(ok(named(1, 14, 1), named(2, 4, 1)))
    await loaded
    expect(view()).toEqual({ sessions: [named(1, 3, 2), named(2, 4, 1), named(3, 7, 2)], failed: false })
  })

  it('takes the answer where it is newer than what was told, and drops what is gone', async () => {
    const { list, answers, view } = setup()
    const first = list.load()
    answers[0]?.resolve(ok(named(1, 14, 1), named(2, 4, 1)))
    await first
    list.put(places(1, 3, 2))
    const second = list.load()
    answers[1]?.resolve(ok(named(1, 9, 3)))
    await second
    expect(view()).toEqual({ sessions: [named(1, 9, 3)], failed: false })
  })

  it('shows no session of which only the places are known', async () => {
    const { list, answers, view } = setup()
    const loaded = list.load()
    answers[0]?.resolve(ok(named(1, 14, 1)))
    await loaded
    list.put(places(9, 3, 2))
    expect(view()).toEqual({ sessions: [named(1, 14, 1)], failed: false })
    list.put(named(9, 5, 1))
    expect(view()?.sessions?.[1]).toEqual(named(9, 3, 2))
  })

  it('says that it has failed, and that it loads again', async () => {
    const { list, answers, view } = setup()
    const first = list.load()
    answers[0]?.reject(new TypeError('offline'))
    await first
    expect(view()).toEqual({ failed: true })
    const second = list.load()
    expect(view()).toEqual({ failed: false })
    answers[1]?.resolve(Response.json({ message: 'no' }, { status: 500 }))
    await second
    expect(view()).toEqual({ failed: true })
    const third = list.load()
    answers[2]?.resolve(ok(named(1, 14, 1)))
    await third
    expect(view()).toEqual({ sessions: [named(1, 14, 1)], failed: false })
  })

  it('leaves an answer alone that comes after the one to a later question', async () => {
    const { list, answers, view } = setup()
    const loads = [list.load(), list.load()]
    answers[1]?.resolve(ok(named(1, 14, 1)))
    await loads[1]
    answers[0]?.resolve(ok(named(1, 14, 1), named(2, 4, 1)))
    await loads[0]
    expect(view()).toEqual({ sessions: [named(1, 14, 1)], failed: false })
  })
})
