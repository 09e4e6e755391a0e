import { type OptionRow, SWITCH } from './option-row.ts'

/** What can be said of MQTT besides numbers. */
export const mqttRows: readonly OptionRow[] = [
  { name: 'mqtt.enabled', accepts: SWITCH, fallback: true, help: 'Whether MQTT is served, at `/mqtt`' },
  {
    name: 'mqtt.tcp',
    accepts: { kind: 'word', words: ['off', 'on', 'if-free'] },
    fallback: { development: 'if-free', production: 'off' },
    help: 'Whether it is served over TCP too; `if-free`: not when something else listens there',
  },
  {
    name: 'mqtt.tls',
    accepts: SWITCH,
    fallback: false,
    help: 'Whether it is served over TLS too, with the certificate of `tls.cert`',
  },
  {
    name: 'mqtt.retainAvailable',
    accepts: SWITCH,
    fallback: true,
    help: 'Whether messages can be retained',
  },
]
