import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type ConfigSources, loadConfig as load, readConfig as read } from './load-config.ts'
import { toEnvName } from './option-row.ts'
import { optionTable } from './option-table.ts'

const readConfig = (sources: ConfigSources) => read(sources, { by: 'command' })
const loadConfig = (sources: ConfigSources) => load(sources, { by: 'command' })

/** A configuration file that is gone after the test. */
function toFile(content: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'config-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'realtime.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const problemsOf = (sources: ConfigSources): readonly string[] =>
  readConfig({ env: {}, ...sources }).problems.map(
    ({ option, source, message }) => `${option} (${source}) ${message}`,
  )

describe('loadConfig', () => {
  it('starts in development on port 6001 of this machine when nothing is given', () => {
    const { settings, problems, notes } = readConfig({ env: {} })
    expect([settings.get('mode'), settings.get('host'), settings.get('port')]).toEqual([
      'development',
      '127.0.0.1',
      6001,
    ])
    expect([...settings].filter(({ source }) => source)).toEqual([])
    expect([problems, notes]).toEqual([[], []])
  })

  it('takes flags over environment over file, and knows whose each value is', () => {
    const file = toFile({ port: 1001, limits: { frameBytes: 5000, joins: 5 }, log: { level: 'warn' } })
    const { settings } = loadConfig({
      args: ['--port=3003', '--config', file],
      env: { REALTIME_PORT: '2002', REALTIME_LIMITS_FRAME_BYTES: '6000', REALTIME_HOST: '' },
    })
    const shown = ['port', 'limits.frameBytes', 'limits.joins', 'log.level', 'host'].map((name) => [
      settings.get(name),
      settings.source(name)?.label,
    ])
    expect(shown).toEqual([
      [3003, '--port'],
      [6000, 'REALTIME_LIMITS_FRAME_BYTES'],
      [5, file],
      ['warn', file],
      ['127.0.0.1', undefined],
    ])
  })

  it('reads the file that the environment names', () => {
    const { settings } = loadConfig({ env: { REALTIME_CONFIG: toFile('\uFEFF{"port":1001}') } })
    expect(settings.get('port')).toBe(1001)
  })

  it('reads every option from all three sources', () => {
    const samples = {
      number: '7000',
      word: 'off',
      switch: 'true',
      text: '/a-path/of-16-letters',
      list: 'a,b',
      table: '{"a.*":true}',
      sources: '{"a":{"channel":"a"}}',
      apps: '[{"id":"1","key":"k","secret":"s"}]',
    }
    for (const { name, accepts, aliases = [] } of optionTable) {
      const text = accepts.kind === 'word' ? (accepts.words[0] ?? '') : samples[accepts.kind]
      const value = accepts.kind === 'number' ? `${Math.min(accepts.most, Math.max(accepts.least, 7))}` : text
      const inFile = ['number', 'switch', 'table', 'sources', 'apps'].includes(accepts.kind)
        ? JSON.parse(value)
        : accepts.kind === 'list'
          ? ['a', 'b']
          : value
      const nested = name.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), inFile)
      const found = [
        readConfig({ env: {}, args: [`--${name}=${value}`] }),
        readConfig({ env: {}, args: [`--${name}`, value] }),
        readConfig({ env: {}, file: toFile(nested) }),
        ...[toEnvName(name), ...aliases].map((variable) => readConfig({ env: { [variable]: value } })),
      ].map(({ settings }) => settings.get(name))
      expect({ name, found }).toEqual({ name, found: found.map(() => inFile) })
    }
  })

  it('takes a switch alone for on, and the name of a group for whether it is there', () => {
    const { settings } = loadConfig({ env: {}, args: ['--log.payloads', '--rakit=false', '--raw', 'false'] })
    expect([settings.get('log.payloads'), settings.get('rakit.enabled'), settings.get('raw')]).toEqual([
      true,
      false,
      false,
    ])
    expect(loadConfig({ env: {}, file: toFile({ inspect: false }) }).settings.get('inspect.enabled')).toBe(
      false,
    )
  })

  it('is in production where NODE_ENV says so, unless it is told', () => {
    const env = { NODE_ENV: 'production', REALTIME_AUTHENTICATE: 'anonymous' }
    const { settings } = loadConfig({ env })
    expect([settings.get('mode'), settings.source('mode')?.label]).toEqual(['production', 'NODE_ENV'])
    expect([settings.get('rakit.enabled'), settings.get('drainMs')]).toEqual([false, 3000])
    expect(loadConfig({ env, args: ['--mode=development'] }).settings.get('mode')).toBe('development')
  })

  it.each([
    [
      { limits: { frameBites: 1 } },
      'limits.frameBites (FILE) is no option: did you mean `limits.frameBytes`?',
    ],
    [{ frameBytes: 1 }, 'frameBytes (FILE) is no option: did you mean `limits.frameBytes`?'],
    [{ prot: 1 }, 'prot (FILE) is no option: did you mean `port`?'],
    [{ somethingElse: { a: 1 } }, 'somethingElse (FILE) is no option'],
    [{ port: '6001' }, 'port (FILE) must be a whole number from 0 to 65535, not "6001"'],
    [{ port: 70_000 }, 'port (FILE) must be a whole number from 0 to 65535, not 70000'],
    [{ port: 80.5 }, 'port (FILE) must be a whole number from 0 to 65535, not 80.5'],
    [
      { publishRate: { perSecond: 0 } },
      'publishRate.perSecond (FILE) must be a number from 0.01 to 1000000, not 0',
    ],
    [{ mode: 'prod' }, 'mode (FILE) must be one of development, production, not "prod"'],
    [{ limits: 5 }, 'limits (FILE) is no option'],
    [
      { origins: [1] },
      'origins (FILE) must be own, or any, or a list of origins like https://app.example.org, not [1]',
    ],
    [{ inspect: { token: 'short' } }, 'inspect.token (FILE) must be text of at least 16 characters'],
    [
      { channels: { 'a.*': { subscribe: 'yes' } } },
      'channels (FILE) must be an object of patterns, each true or an object of grants, not {"a.*":{"subscribe":"yes"}}',
    ],
    [{ max_buffer_size: 1 }, 'max_buffer_size (FILE) is no option: here it is `rakit.bufferBytes`'],
    [{ tls: { cert: 'a.pem' } }, 'tls.cert (FILE) needs `tls.key` as well'],
    ['[]', '--config (FILE) must hold an object'],
    ['{"port":', '--config (FILE) is no JSON: Unexpected end of JSON input'],
  ])('refuses %j in a file', (content, problem) => {
    const file = toFile(content)
    expect(problemsOf({ file })).toEqual([problem.replace('FILE', file)])
  })

  it('refuses a file that is not there', () => {
    expect(problemsOf({ args: ['--config=/nowhere.json'] })).toEqual([
      "--config (/nowhere.json) cannot be read: ENOENT: no such file or directory, open '/nowhere.json'",
    ])
  })

  it.each([
    ['REALTIME_PROT', '1', 'PROT (REALTIME_PROT) is no option: did you mean `REALTIME_PORT`?'],
    ['REALTIME_PORT', '0x10', 'port (REALTIME_PORT) must be a whole number from 0 to 65535, not "0x10"'],
    ['REALTIME_RAW', 'yes', 'raw (REALTIME_RAW) must be true or false, not "yes"'],
    [
      'REALTIME_CHANNELS',
      '{',
      'channels (REALTIME_CHANNELS) must be an object of patterns, each true or an object of grants, not "{"',
    ],
  ])('refuses %s=%s in the environment', (name, value, problem) => {
    expect(problemsOf({ env: { [name]: value } })).toEqual([problem])
  })

  it.each([
    [['--prot', '1'], ['prot (--prot) is no option: did you mean `--port`?']],
    [['--port'], ['port (--port) needs a value']],
    [['--port='], ['port (--port) must be a whole number from 0 to 65535, not ""']],
    [['6001'], ['6001 (command line) is not understood: options are `--name=value`']],
    [['-p', '6001'], ['-p (command line) is not understood: options are `--name=value`']],
    [
      ['--control.enabled', '--mode=production'],
      [
        'authenticate (default) has to be said in `production`: `anonymous` lets everybody in; to ask for tokens use the library',
        'control.enabled (--control.enabled) causes faults, so it is for `development` alone',
      ],
    ],
  ])('refuses %j on the command line', (args, problems) => {
    expect(problemsOf({ args })).toEqual(problems)
  })

  it('throws all mistakes at once', () => {
    expect(() => loadConfig({ env: {}, args: ['--prot=1', '--host='] })).toThrow(
      '[config.invalid] 2 mistakes in the configuration:\n' +
        '- prot (--prot): is no option: did you mean `--port`?\n' +
        '- host (--host): must be an address or name of this machine, not ""',
    )
  })

  it.each([
    [['--host=0.0.0.0'], /^In development mode everybody who reaches 0\.0\.0\.0 may do everything/],
    [['--mode=production', '--authenticate=anonymous'], /^No channel is open/],
    [['--rakit.compat=exact'], /any client may run commands/],
    [
      [
        '--host=0.0.0.0',
        '--mode=production',
        '--authenticate=anonymous',
        '--channels={"a":true}',
        '--inspect.token=sixteen-characters',
      ],
      /^The token of the inspector can be read/,
    ],
    [['--origins=any'], /^Pages of any origin may connect/],
  ])('tells what %j means', (args, note) => {
    expect(readConfig({ env: {}, args }).notes).toEqual([expect.stringMatching(note)])
  })
})
