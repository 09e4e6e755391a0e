import type { MqttSettings } from './mqtt-options.ts'

/** Seconds as a client gives them, where this means that there is no end; no more than the broker keeps. */
const NEVER = 0xffff_ffff

export const toExpiryMs = (seconds: number, { sessionMs }: MqttSettings): number =>
  seconds === NEVER ? sessionMs : Math.min(seconds * 1000, sessionMs)
