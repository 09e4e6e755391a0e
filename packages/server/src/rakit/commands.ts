import type { PhpArray, PhpValue } from './php-json.ts'
import { isLooselyEqual, toText } from './php-values.ts'
import type { Room } from './room.ts'

/** `failed` is an error in PHP, after which the text goes to everybody. */
export type CommandOutcome = 'done' | 'unknown' | 'failed'

/** Runs a command as Rakit lets any client do. */
export function runCommand(room: Room, message: PhpArray): CommandOutcome {
  const get = (name: string): PhpValue => message.get(name) ?? null
  const command = get('command')
  const text = get('message')
  if (command === 'broadcast' && text !== null) return sendText(room, text, () => true)
  if (command === 'disconnect' && get('client_id') !== null) {
    // The method that it calls on a client it finds does not exist.
    const isFound = room.clients.some(({ id }) => isLooselyEqual(id, get('client_id')))
    return isFound ? 'failed' : 'done'
  }
  if (isLooselyEqual(command, 'presence')) {
    room.broadcast(room.presence())
    return 'done'
  }
  if (isLooselyEqual(command, 'broadcast_to_channel') && get('channel') !== null && text !== null)
    return sendText(room, text, ({ channels }) => channels.some((own) => isLooselyEqual(get('channel'), own)))
  if (isLooselyEqual(command, 'private_message') && get('to') !== null && text !== null)
    return sendText(room, text, ({ id }) => id === get('to'))
  return 'unknown'
}

/** An array fails at the first receiver, so without any it does not. */
function sendText(room: Room, value: PhpValue, isMeant: Parameters<Room['broadcast']>[1]): CommandOutcome {
  const text = toText(value)
  if (text !== undefined) room.broadcast(text, isMeant)
  else if (room.clients.some((client) => isMeant?.(client))) return 'failed'
  return 'done'
}
