import { useChannelStatus, useEvent } from '@org/realtime-vue'
import { defineComponent, h } from 'vue'
import { useChannel } from './client.ts'
import { type Kind, toTime, useNotices } from './use-notices.ts'

const TONES = { booking: 'good', payment: 'warn', system: 'rest' } as const satisfies Record<Kind, string>

/** What has happened in the last five seconds. */
export const Notices = defineComponent(() => {
  const { list, add, dismiss } = useNotices()
  const bookings = useChannel('private-booking.{userId}', { userId: 42 })
  const payments = useChannel('private-user.{userId}', { userId: 42 })
  const status = useChannelStatus(bookings)

  useEvent(bookings, 'BookingStatusUpdated', ({ booking_code, status }) =>
    add('booking', `${booking_code} is ${status}`),
  )
  useEvent(payments, 'PaymentStatusUpdated', ({ booking_code, payment_status }) =>
    add('payment', `${booking_code} is ${payment_status}`),
  )
  useEvent(useChannel('notifications'), 'SystemNotification', ({ message }) => add('system', message))

  const toEmpty = (): string =>
    status.value.state === 'rejected' ? 'You may not see these bookings.' : 'Nothing yet. Book something.'

  return () => [
    list.value.length === 0 ? h('p', { class: 'empty' }, toEmpty()) : undefined,
    h(
      'ul',
      { class: 'plain notices', 'aria-live': 'polite' },
      list.value.map(({ id, kind, text, at }) =>
        h('li', { key: id, class: 'card', 'data-id': id }, [
          h('div', { class: 'row between' }, [
            h('span', { class: 'chip', 'data-tone': TONES[kind] }, kind),
            h('time', { class: 'soft' }, toTime(at)),
          ]),
          h('div', { class: 'row between' }, [
            h('p', text),
            h(
              'button',
              { type: 'button', 'aria-label': `Dismiss: ${text}`, onClick: () => dismiss(id) },
              'Dismiss',
            ),
          ]),
        ]),
      ),
    ),
  ]
})
