import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFakeClock } from '@org/realtime-testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createLog } from './log.ts'
import type { LogEntry, LogOptions } from './log-options.ts'

const AT = Date.UTC(2030, 0, 1)

/** A stream that keeps its lines, and can be full. */
function createStdout(isTTY: boolean) {
  const lines: string[] = []
  return {
    isTTY,
    writableLength: 0,
    lines,
    write(line: string, done?: () => void) {
      if (line) lines.push(line)
      done?.()
    },
  }
}

function setup(options: LogOptions = {}, isTTY = false, secrets: readonly string[] = []) {
  const stdout = createStdout(isTTY)
  const clock = createFakeClock({ date: AT })
  return { log: createLog(options, { stdout, clock, secrets, env: {} }), stdout }
}

describe('createLog', () => {
  it('writes one JSON object a line where nobody looks', () => {
    const { log, stdout } = setup()
    log.info('connect', { connection: 'a-1', address: '::1' })
    expect(stdout.lines).toEqual([
      '{"time":"2030-01-01T00:00:00.000Z","level":"info","event":"connect","connection":"a-1","address":"::1"}\n',
    ])
  })

  it('writes text on a terminal, in colour', () => {
    const { log, stdout } = setup({}, true)
    log.warn('crash', { where: 'hook start', message: 'of no use\nat all', count: 2, nothing: undefined })
    const line = `\x1b[33mwarn \x1b[0m crash       where="hook start" message="of no use\\nat all" count=2\n`
    expect(stdout.lines[0]?.slice(13)).toBe(line)
    expect(stdout.lines[0]?.slice(0, 13)).toMatch(/^\d\d:\d\d:00\.000 $/)
  })

  it('indents the stack of an error below its line', () => {
    const { log, stdout } = setup({ format: 'text' })
    log.error('crash', { stack: 'Error: \x1b[2Jno\n  at here' })
    expect(stdout.lines[0]?.slice(13)).toBe('error crash\n    Error: [2Jno\n      at here\n')
  })

  it.each([
    ['off', []],
    ['error', ['error']],
    ['info', ['error', 'warn', 'info']],
    ['debug', ['error', 'warn', 'info', 'debug']],
  ] as const)('logs what its level %s lets through', (level, levels) => {
    const seen: string[] = []
    const log = createLog({ level, sink: (entry) => seen.push(entry.level) })
    for (const own of ['error', 'warn', 'info', 'debug'] as const) log[own]('x')
    expect(seen).toEqual(levels)
  })

  it('gives a function entries without secrets', () => {
    const entries: LogEntry[] = []
    const log = createLog(
      { sink: (entry) => entries.push(entry) },
      { secrets: ['hunter2'], clock: createFakeClock({ date: AT }) },
    )
    log.info('config', { control: 'hunter2', list: [{ url: '/?token=abc' }], port: 1 })
    expect(entries).toEqual([
      {
        at: AT,
        level: 'info',
        event: 'config',
        control: '[redacted]',
        list: [{ url: '/?token=[redacted]' }],
        port: 1,
      },
    ])
  })

  it('goes on when its function throws', async () => {
    const warnings: string[] = []
    const listen = (warning: Error): void => void warnings.push(warning.message)
    process.on('warning', listen)
    onTestFinished(() => void process.off('warning', listen))
    const log = createLog({
      sink() {
        throw new Error('no disk')
      },
    })
    log.info('x')
    await new Promise(setImmediate)
    expect(warnings).toEqual(['log.sink: no disk'])
  })

  it('counts lines that nobody takes instead of keeping them', () => {
    const { log, stdout } = setup()
    stdout.writableLength = 5_000_000
    log.info('lost')
    log.info('lost')
    stdout.writableLength = 0
    log.info('kept')
    expect(stdout.lines.map((line) => JSON.parse(line))).toMatchObject([
      { event: 'log-lost', lines: 2 },
      { event: 'kept' },
    ])
  })

  it('adds to a file that is readable by its owner alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'log-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'server.log')
    for (const event of ['one', 'two']) {
      const log = createLog({ file })
      log.info(event)
      await log.close()
    }
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(['one', 'two'])
    expect(statSync(file).mode & 0o077).toBe(0)
  })

  it('refuses a file that cannot be written, naming it', () => {
    expect(() => createLog({ file: '/nowhere/server.log' })).toThrow(
      /^\[option\.invalid\] Option log\.file must be a file that can be written: ENOENT.*\/nowhere\/server\.log/,
    )
  })
})
