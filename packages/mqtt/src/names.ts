import { isFilter, isTopic } from './codec/topics.ts'

/** How channels and events are written as topics. */
export interface Names {
  toFilter(channel: string): string | undefined
  toTopic(channel: string, event: string): string | undefined
  toEvent(topic: string): string
  /** The channel and event that publish to a topic. */
  fromTopic(topic: string): readonly [channel: string, event: string]
}

/** A channel is a topic or filter, and its only event is `message`. */
const whole: Names = {
  toFilter: (channel) => (isFilter(channel) ? channel : undefined),
  toTopic: (channel, event) => (event === 'message' && isTopic(channel) ? channel : undefined),
  toEvent: () => 'message',
  fromTopic: (topic) => [topic, 'message'],
}

/** Event `E` of channel `room/1` is the topic `room/1/E`. */
const lastLevel: Names = {
  toFilter: (channel) => whole.toFilter(`${channel}/+`),
  toTopic(channel, event) {
    const topic = `${channel}/${event}`
    return event.includes('/') || !isTopic(topic) ? undefined : topic
  },
  toEvent: (topic) => topic.slice(topic.lastIndexOf('/') + 1),
  fromTopic(topic) {
    const at = topic.lastIndexOf('/')
    return [topic.slice(0, Math.max(at, 0)), topic.slice(at + 1)]
  },
}

export const names = { message: whole, 'last-level': lastLevel } as const satisfies Record<string, Names>
