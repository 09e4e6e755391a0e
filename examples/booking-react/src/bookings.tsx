import { useChannelStatus, useHistory } from '@org/realtime-react'
import { useChannel } from './hooks.ts'

/** What the bookings of customer 42 come to, for those who may know. */
export function Bookings() {
  const bookings = useChannel('private-booking.{userId}', { userId: 42 })
  const payments = useChannel('private-user.{userId}', { userId: 42 })
  const status = useChannelStatus(bookings)
  const { items } = useHistory(bookings, 'BookingStatusUpdated', {
    max: 20,
    id: ({ booking_code }) => booking_code,
  })
  const paid = useHistory(payments, 'PaymentStatusUpdated', { max: 20 }).items
  return (
    <section className="card">
      <div className="row between">
        <h2>Bookings of customer 42</h2>
        <span
          className="chip"
          data-tone={status.state === 'rejected' ? 'bad' : 'rest'}
          data-state={status.state}
        >
          {status.state === 'rejected'
            ? ['refused', (status.error.details as { status?: number }).status].filter(Boolean).join(': ')
            : status.state}
        </span>
      </div>
      {status.state === 'rejected' && (
        <p className="soft">You may not see them. Be the customer, or an admin.</p>
      )}
      {status.state !== 'rejected' && items.length === 0 && <p className="empty">None since you are here.</p>}
      <ul className="plain">
        {items.map(({ booking_code: code, status }) => (
          <li key={code}>
            {code}: {status}
            {paid.some(({ booking_code }) => booking_code === code) && ', paid'}
          </li>
        ))}
      </ul>
    </section>
  )
}
