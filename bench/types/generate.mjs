import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** @typedef {'unused' | 'pattern' | 'full name' | 'augmentation'} Form */

/** @type {readonly Form[]} */
export const forms = ['unused', 'pattern', 'full name', 'augmentation']

const CHANNELS = 500
const EVENTS = 20
const CALLS = 2000

/**
 * Writes a program that uses a large registry in one form: every payload has its own interface, and
 * every listener a body that only compiles when its payload has the right type.
 * @param {string} folder @param {Form} form @param {string} core path of the core's types, without extension
 */
export function generate(folder, form, core) {
  mkdirSync(folder, { recursive: true })
  const numbers = [...Array(CHANNELS).keys()]
  const events = [...Array(EVENTS).keys()]
  const payloads = numbers.flatMap((c) =>
    events.map(
      (e) => `export interface Payload${c}x${e} { readonly id: string; readonly field${c}x${e}: number }`,
    ),
  )
  const registry = numbers.map(
    (c) =>
      `  '${patternOf(c)}': {\n${events.map((e) => `    Event${e}: event<Payload${c}x${e}>(),`).join('\n')}\n  },`,
  )
  const calls = form === 'unused' ? [] : [...Array(CALLS).keys()].map((n) => call(form, n))
  write(folder, 'registry', [
    `import { defineChannels, event } from '${core}'`,
    ...payloads,
    `export const channels = defineChannels({\n${registry.join('\n')}\n})`,
  ])
  write(folder, 'calls', [
    `import type { Capabilities, Client, Meta, RegisteredChannels } from '${core}'`,
    `import { channels } from './registry.ts'`,
    ...(form === 'augmentation'
      ? [`declare module '${core}' { interface Register { channels: typeof channels } }`]
      : ['export type Registered = RegisteredChannels']),
    `interface Pusher extends Capabilities { readonly presence: true; readonly publish: 'members'; readonly ack: false; readonly history: false }`,
    `declare const client: Client<${form === 'augmentation' ? 'RegisteredChannels' : 'typeof channels'}, Pusher, Meta>`,
    'export const use = [channels, client]',
    ...calls,
  ])
}

/** @param {Form} form @param {number} n */
function call(form, n) {
  const c = n % CHANNELS
  const e = n % EVENTS
  const target =
    form === 'full name' ? `'${fullNameOf(c, n)}'` : `'${patternOf(c)}'${c % 5 ? `, { id: ${n} }` : ''}`
  return `client.channel(${target}).on('Event${e}', (payload) => { const value: number = payload.field${c}x${e}; return value })`
}

/** One channel in five has no parameters. @param {number} c */
function patternOf(c) {
  return c % 5 ? `private-topic${c}.{id}` : `public-topic${c}`
}

/** @param {number} c @param {number} n */
function fullNameOf(c, n) {
  return c % 5 ? `private-topic${c}.${n}` : patternOf(c)
}

/** @param {string} folder @param {string} name @param {string[]} lines */
function write(folder, name, lines) {
  writeFileSync(join(folder, `${name}.ts`), `${lines.join('\n')}\n`)
}
