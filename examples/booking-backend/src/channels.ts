import { defineChannels, event } from '@org/realtime-core'

/** As a Laravel event broadcasts it. */
export interface Availability {
  readonly session_id: number
  readonly session_name: string
  readonly available_slots: number
  readonly total_capacity: number
  /** ISO 8601. */
  readonly date: string
  readonly updated_at: string
}

export interface BookingStatus {
  readonly booking_id: number
  readonly booking_code: string
  readonly status: 'pending' | 'confirmed'
  readonly payment_status: 'unpaid' | 'paid'
  readonly updated_at: string
}

export const channels = defineChannels({
  availability: {
    AvailabilityUpdated: event<Availability>(),
    CapacityUpdated: event<Omit<Availability, 'session_name' | 'date'>>(),
  },
  notifications: { SystemNotification: event<{ readonly message: string }>() },
  'private-booking.{userId}': { BookingStatusUpdated: event<BookingStatus>() },
  'private-user.{userId}': {
    PaymentStatusUpdated: event<{ readonly booking_code: string; readonly payment_status: string }>(),
  },
})
