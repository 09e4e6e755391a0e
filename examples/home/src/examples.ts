export interface Example {
  readonly name: string
  readonly title: string
  readonly line: string
  /** What a visitor may do. */
  readonly hint: string
  /** What its pages tell each other stays at one node. */
  readonly staysAtNode?: boolean
}

/** The pages, in the order in which they are shown. */
export const examples: readonly Example[] = [
  {
    name: 'gallery',
    title: 'Break the line',
    line: 'One client, every fault: dropped lines, silence, refused channels, lost history.',
    hint: 'It has more faults of its own.',
  },
  {
    name: 'booking-react',
    title: 'Booking, with React',
    line: 'Sessions that fill up while you look, bookings not everybody may see, toasts for the line.',
    hint: 'Be somebody else, or open a second window and book.',
  },
  {
    name: 'notifications-vue',
    title: 'Notifications, with Vue',
    line: 'What happens to your bookings, the newest first, gone after five seconds.',
    hint: 'Book something on the booking page in another window.',
  },
  {
    name: 'backend-swap',
    title: 'One component, three backends',
    line: 'A menu changes Pusher, MQTT and plain WebSocket behind the same component.',
    hint: 'Open a second window with the same backend.',
  },
  {
    name: 'echo-drop-in',
    title: 'Laravel Echo, one line changed',
    line: 'An unmodified Echo page over our class: private and presence channels, whispers.',
    hint: 'Open a second window, and wave.',
  },
  {
    name: 'rakit-chat',
    title: 'Chat with Rakit',
    line: 'Everybody, one, or a channel, as the PHP framework passes messages on.',
    hint: 'Open a second window.',
    staysAtNode: true,
  },
  {
    name: 'mqtt-iot',
    title: 'Devices over MQTT',
    line: 'Thermometers in Node over TCP, a dashboard here: retained values, last wills, every QoS.',
    hint: 'Cut a device, and hear its will.',
  },
  {
    name: 'scada-script-tag',
    title: 'SCADA on a plain page',
    line: 'One script tag, 50 tags, 5,000 events a second, ten calls a second for each.',
    hint: 'Cut, and look for the red mark in every chart.',
  },
]
