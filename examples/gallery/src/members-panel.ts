import { h, panel } from './dom.ts'
import type { Gallery } from './gallery.ts'

/** Who is in the channel. A reconnect changes nothing here unless somebody really came or went. */
export function createMembersPanel({ desk, stops }: Gallery): HTMLElement {
  const chips = h('ul', { class: 'bar' })
  const empty = h('p', { class: 'empty' }, 'Nobody that we know of.')
  const last = h('p', { class: 'hint' }, 'No news.')

  const show = (): void => {
    const { list: everybody, me } = desk.members.get()
    empty.hidden = everybody.length > 0
    chips.replaceChildren(
      ...everybody.map((member) => {
        const isMe = member === me
        return h('li', { class: 'chip', 'data-tone': isMe ? 'good' : 'rest' }, isMe ? 'you' : member.id)
      }),
    )
  }

  stops.push(
    desk.members.subscribe(({ list }, { joined, left }) => {
      const came = joined.map(({ id }) => `${id} came`)
      const went = left.map(({ id }) => `${id} left`)
      const news = [...came, ...went].join(', ')
      // At first, everybody is new.
      if (news && joined.length < list.length) last.textContent = `${news}.`
      show()
    }),
  )
  show()
  return panel('members', 'Members', [], empty, chips, last)
}
