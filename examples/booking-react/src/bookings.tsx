import { Card, Chip } from '@org/example-look/react'
import { channelTones } from '@org/example-look/status'
import { useChannelStatus, useHistory } from '@org/realtime-react'
import { useChannel } from './client.ts'

/** What the bookings of customer 42 come to, for those who may know. */
export function Bookings() {
  const bookings = useChannel('private-booking.{userId}', { userId: 42 })
  const payments = useChannel('private-user.{userId}', { userId: 42 })
  const status = useChannelStatus(bookings)
  const made = useHistory(bookings, 'BookingStatusUpdated', { max: 20 }).items
  const paid = useHistory(payments, 'PaymentStatusUpdated', { max: 20 }).items
  const refusal = status.state === 'rejected' && (status.error.details as { status?: number })
  const word = refusal ? ['refused', refusal.status].filter(Boolean).join(': ') : status.state

  return (
    <Card title="Bookings of customer 42" beside={<Chip tone={channelTones[status.state]}>{word}</Chip>}>
      {refusal && <p className="soft">Only customer 42 and admins may see them.</p>}
      {!refusal && made.length === 0 && <p className="empty">None since you came.</p>}
      <ul className="plain">
        {made.map(({ booking_code: code, status }) => (
          <li key={code}>
            {code}: {status}
            {paid.some(({ booking_code }) => booking_code === code) && ', paid'}
          </li>
        ))}
      </ul>
    </Card>
  )
}
