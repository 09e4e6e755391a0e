import { defineChannels, event } from '@org/realtime-core'

/** As a Laravel event broadcasts it. */
export interface Availability {
  readonly session_id: number
  readonly session_name: string
  readonly available_slots: number
  readonly total_capacity: number
}

export interface BookingStatus {
  readonly booking_code: string
  readonly status: 'pending' | 'confirmed'
}

export const channels = defineChannels({
  availability: {
    AvailabilityUpdated: event<Availability>(),
    CapacityUpdated: event<Pick<Availability, 'session_id' | 'available_slots' | 'total_capacity'>>(),
  },
  notifications: { SystemNotification: event<{ readonly message: string }>() },
  'private-booking.{userId}': { BookingStatusUpdated: event<BookingStatus>() },
  'private-user.{userId}': {
    PaymentStatusUpdated: event<{ readonly booking_code: string; readonly payment_status: string }>(),
  },
})
