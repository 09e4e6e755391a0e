import type { Schema } from '@org/realtime-core'
import type { Work } from '../side-by-side.ts'
import { EVENT, type Given, ours, payloads, theirs } from './listeners.ts'

export interface Row {
  readonly name: string
  /** The least ratio that meets the budget; unset, the row is there to compare. */
  readonly budget?: number
  ours(): Work | Promise<Work>
  theirs(): Work | Promise<Work>
}

const MANY = 1000
const texts = payloads.map((payload) => JSON.stringify(payload))
const rate = { rate: { everyMs: 100, keep: 'latest' } } as const

const schema: Schema<never> = {
  '~standard': {
    version: 1,
    vendor: 'bench',
    validate: (value) =>
      typeof (value as { value?: unknown }).value === 'number'
        ? { value: value as never }
        : { issues: [{ message: 'no' }] },
  },
}
const registered = (validate: 'off' | 'always'): Given => ({
  validate,
  channels: { 'private-booking.{id}': { [EVENT]: schema } },
})

export const rows: readonly Row[] = [
  {
    name: '1 channel',
    budget: 0.7,
    ours: () => ours({ channels: 1 }),
    theirs: () => theirs({ channels: 1 }),
  },
  {
    name: '1 channel, emitter found by name',
    ours: () => ours({ channels: 1 }),
    theirs: () => theirs({ channels: 1, byName: true }),
  },
  {
    name: '1 talking channel of 1,000 joined',
    budget: 0.7,
    ours: () => ours({ channels: MANY, talking: 1 }),
    theirs: () => theirs({ channels: MANY, talking: 1 }),
  },
  {
    // Whoever joins many channels must not pay for those that are silent: 1, less what two runs of the same row
    // differ by. What a message costs when all of them
    // talk in turns is a matter of caches, ours and the processor's, as the rows below show.
    name: 'ours alone: 1 talking of 1,000 joined against 1 joined',
    budget: 0.95,
    ours: () => ours({ channels: MANY, talking: 1 }),
    theirs: () => ours({ channels: 1 }),
  },
  {
    name: '1,000 channels in turns',
    ours: () => ours({ channels: MANY }),
    theirs: () => theirs({ channels: MANY }),
  },
  {
    name: '1,000 channels in turns, emitters found by name',
    ours: () => ours({ channels: MANY }),
    theirs: () => theirs({ channels: MANY, byName: true }),
  },
  {
    name: 'ours alone: 1,000 channels in turns against 1',
    ours: () => ours({ channels: MANY }),
    theirs: () => ours({ channels: 1 }),
  },
  {
    name: 'nanoevents alone: 1,000 emitters against 1',
    ours: () => theirs({ channels: MANY }),
    theirs: () => theirs({ channels: 1 }),
  },
  {
    name: 'meta object given',
    ours: () =>
      ours({
        channels: 1,
        send: (message, key, index) => message(key, EVENT, payloads[index & 15], { offset: index } as object),
      }),
    theirs: () =>
      theirs({
        channels: 1,
        send: (emitter, index) => emitter.emit(EVENT, payloads[index & 15], { offset: index }),
      }),
  },
  {
    name: 'lazy decode of a JSON string',
    ours: () =>
      ours({
        channels: 1,
        send: (message, key, index) => message(key, EVENT, texts[index & 15], undefined, parse),
      }),
    theirs: () =>
      theirs({ channels: 1, send: (emitter, index) => emitter.emit(EVENT, parse(texts[index & 15])) }),
  },
  {
    name: 'rate latest 100 ms',
    ours: () => ours({ channels: 1, listenOptions: rate }),
    theirs: () => theirs({ channels: 1 }),
  },
  {
    name: 'rate latest 100 ms, lazy decode',
    ours: () =>
      ours({
        channels: 1,
        listenOptions: rate,
        send: (message, key, index) => message(key, EVENT, texts[index & 15], undefined, parse),
      }),
    theirs: () =>
      theirs({ channels: 1, send: (emitter, index) => emitter.emit(EVENT, parse(texts[index & 15])) }),
  },
  {
    name: '2 listeners',
    ours: () => ours({ channels: 1, listeners: 2 }),
    theirs: () => theirs({ channels: 1, listeners: 2 }),
  },
  {
    name: 'schema in the registry, validate off',
    ours: () => ours({ channels: 1, client: registered('off') }),
    theirs: () => theirs({ channels: 1 }),
  },
  {
    name: 'schema in the registry, validate always',
    ours: () => ours({ channels: 1, client: registered('always') }),
    theirs: () => theirs({ channels: 1 }),
  },
]

function parse(text: unknown): unknown {
  return JSON.parse(text as string)
}
