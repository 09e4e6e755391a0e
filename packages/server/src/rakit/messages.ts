import { runCommand } from './commands.ts'
import { type PhpArray, type PhpValue, parsePhpObject, toPhpJson } from './php-json.ts'
import { isLooselyEqual, toText, trim } from './php-values.ts'
import type { Client, Room } from './room.ts'

/** How much like Rakit it is, and how many channels a client may have. */
export interface Rules {
  readonly compat: 'safe' | 'exact'
  readonly channels: number
}

const NAME_LENGTH = 200

/** Does what Rakit does with a text of a client: the first shape that fits counts. */
export function handleText(room: Room, sender: Client, text: string, rules: Rules): void {
  const message = parsePhpObject(text)
  const has = (name: string): boolean => (message?.get(name) ?? null) !== null
  if (message && has('ping')) return
  const isExact = rules.compat === 'exact'
  if (message && has('command')) {
    const outcome = isExact ? runCommand(room, message) : answerCommand(room, sender, message)
    if (outcome === 'done') return
    if (outcome === 'failed') return sayToAll(room, sender, text)
  }
  if (message && has('event')) return takeEvent(room, sender, message, rules)
  if (message && has('to') && has('message')) {
    const said = toText(message.get('message') ?? null)
    if (said !== undefined) return room.find(message.get('to'))?.send(toMessage(sender, said))
  }
  // What names a receiver or a command was not meant for everybody, even when it names none.
  const isForAll = !(message?.has('to') || message?.has('command'))
  if (isExact || isForAll) sayToAll(room, sender, text)
}

function sayToAll(room: Room, sender: Client, text: string): void {
  room.broadcast(toMessage(sender, text))
}

function toMessage({ id }: Client, text: string): string {
  return `{"client_id":"${id}","message":${toPhpJson(trim(text))}}`
}

function answerCommand(room: Room, sender: Client, message: PhpArray): 'done' | 'unknown' {
  if (message.get('command') !== 'presence') return 'unknown'
  sender.send(room.presence())
  return 'done'
}

function takeEvent(room: Room, sender: Client, message: PhpArray, rules: Rules): void {
  const event = message.get('event') ?? null
  const channel = message.get('channel') ?? null
  const payload = message.get('data') ?? null
  const isExact = rules.compat === 'exact'
  const is = (name: string): boolean => (isExact ? isLooselyEqual(event, name) : event === name)
  if (channel === null || !(isExact || isName(channel))) return
  if (is('subscribe')) subscribe(sender, channel, rules.channels)
  else if (is('message') && payload !== null) {
    const said = toPhpJson(
      new Map([
        ['channel', channel],
        ['data', payload],
        ['client_id', sender.id],
      ]),
    )
    // A number that is too large for JSON makes it fail, and Rakit sends what is left: nothing.
    if (said !== undefined || isExact)
      room.broadcast(said ?? '', ({ channels }) =>
        channels.some((own) => (isExact ? isLooselyEqual(own, channel) : own === channel)),
      )
  }
}

function isName(channel: PhpValue): boolean {
  return typeof channel === 'string' && channel !== '' && channel.length <= NAME_LENGTH
}

function subscribe({ channels }: Client, channel: PhpValue, limit: number): void {
  if (!channels.includes(channel) && channels.length < limit) channels.push(channel)
}
