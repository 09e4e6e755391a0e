import type { Frame, FrameKind } from '../wire.ts'
import { parsePhpObject } from './php-json.ts'

const TYPES = ['ping', 'command', 'event', 'type', 'channel', 'to'] as const

/**
 * What a frame is: the command, event or type that it names; `channel` or `to` where it has that member alone;
 * `text` for anything else.
 */
export function kindOf(frame: Frame): FrameKind {
  const message = typeof frame === 'string' ? parsePhpObject(frame) : undefined
  const member = TYPES.find((name) => message?.has(name))
  const named = member && message?.get(member)
  const isWord = member === 'command' || member === 'event' || member === 'type'
  const channel = message?.get('channel')
  return {
    type: isWord && typeof named === 'string' ? named : (member ?? 'text'),
    channels: typeof channel === 'string' ? [channel] : [],
  }
}
