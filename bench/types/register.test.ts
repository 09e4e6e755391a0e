import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'

const workspace = resolve(import.meta.dirname, '../..')
const compiler = join(dirname(createRequire(import.meta.url).resolve('ts7/package.json')), 'bin/tsc')
const folders: string[] = []

/** The errors of a program that uses core by its name. It is a program of its own: augmentations reach all of one. */
function errorsOf(files: Record<string, string>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'realtime-register-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const paths = { '@org/realtime-core': [join(workspace, 'packages/core/src/index.ts')] }
  const extended = join(workspace, 'tsconfig.base.json')
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: extended, compilerOptions: { paths }, include: ['*.ts'] }),
  )
  const { stdout } = spawnSync(process.execPath, [compiler, '-p', '.', '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  })
  return stdout.split('\n').filter((line) => /^\w+\.ts/.test(line))
}

const registry = `
  import { defineChannels, event } from '@org/realtime-core'
  export const channels = defineChannels({ 'room.{id}': { Said: event<string>() } })
`
const use = `
  import { type Client, defineChannels, event, type Payload, type RegisteredChannels } from '@org/realtime-core'
  declare const client: Client<RegisteredChannels>
  export const stop = client.channel('room.{id}', { id: 1 }).on('Said', (text) => text.toUpperCase())
  // @ts-expect-error no such event
  client.channel('room.{id}', { id: 1 }).on('Heard', () => {})
  // @ts-expect-error no such channel
  client.channel('hall.{id}', { id: 1 })
  export const text: Payload<RegisteredChannels, 'room.{id}', 'Said'> = ''

  const others = defineChannels({ hall: { Rung: event<number>() } })
  declare const other: Client<typeof others>
  other.channel('hall').on('Rung', (times) => times.toFixed())
  // @ts-expect-error a channel of the registered registry
  other.channel('room.{id}', { id: 1 })
`

describe('Register', () => {
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  })

  it('gives the default registry, beside clients that name their own', () => {
    const augmentation = `
      import type { channels } from './registry.ts'
      declare module '@org/realtime-core' {
        interface Register { channels: typeof channels }
      }
    `
    expect(errorsOf({ 'registry.ts': registry, 'register.ts': augmentation, 'use.ts': use })).toEqual([])
  })

  it('leaves payloads unknown and names free until somebody registers', () => {
    expect(errorsOf({ 'use.ts': use })).toEqual([
      expect.stringContaining(`'text' is of type 'unknown'`),
      expect.stringContaining('TS2578'),
      expect.stringContaining('TS2578'),
    ])
  })
})
