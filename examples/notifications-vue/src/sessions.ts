import { LABELS, merge, type Sessions, toState } from '@org/example-booking-react/availability'
import type { Availability } from '@org/example-booking-react/channels'
import { useEvent, useGap } from '@org/realtime-vue'
import { defineComponent, h, shallowRef } from 'vue'
import { useChannel } from './client.ts'

/** How full every session is. */
export const SessionList = defineComponent(() => {
  const availability = useChannel('availability')
  const sessions = shallowRef<Sessions>()

  const load = async (): Promise<void> => {
    const response = await fetch('/api/sessions')
    const { data } = (await response.json()) as { readonly data: readonly Availability[] }
    sessions.value = new Map(data.map((session) => [session.session_id, session]))
  }
  useEvent(availability, ['AvailabilityUpdated', 'CapacityUpdated'], ({ payload }) => {
    sessions.value = sessions.value && merge(sessions.value, payload)
  })
  useGap(availability, load)
  load()

  return () =>
    sessions.value
      ? h(
          'ul',
          { class: 'plain' },
          [...sessions.value].map(([id, session]) => {
            const [label, tone] = LABELS[toState(session)]
            return h('li', { key: id, class: 'row between', 'data-session': id }, [
              h('span', session.session_name),
              h('span', { class: 'chip', 'data-tone': tone }, label),
            ])
          }),
        )
      : h('p', { class: 'empty' }, 'Loading availability…')
})
