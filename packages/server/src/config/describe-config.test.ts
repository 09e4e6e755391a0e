import { describe, expect, it } from 'vitest'
import { describeConfig, toConfigFields, toConfigSources } from './describe-config.ts'
import { type ConfigSources, loadConfig as load } from './load-config.ts'

const loadConfig = (sources: ConfigSources) => load(sources, { by: 'command' })

const SECRET = 'a-secret-of-some-length'

const setup = () =>
  loadConfig({ env: { REALTIME_INSPECT_TOKEN: SECRET }, args: ['--port=0', '--origins=https://a.example'] })
    .settings

describe('describeConfig', () => {
  it('shows every value, and whose those are that are no default, without secrets', () => {
    const lines = describeConfig(setup())
    expect(lines[0]).toMatch(/^server {8}mode development, host 127\.0\.0\.1, port 0, /)
    expect(lines.slice(lines.indexOf('given:'))).toEqual([
      'given:',
      '  port = 0   (--port)',
      '  origins = https://a.example   (--origins)',
      '  inspect.token = [redacted]   (REALTIME_INSPECT_TOKEN)',
    ])
    expect(lines.join()).not.toContain(SECRET)
  })

  it('says so when nothing was given', () => {
    expect(describeConfig(loadConfig({ env: {} }).settings).at(-1)).toBe(
      'nothing was given: all of this is default',
    )
  })

  it('has the same as fields of a log', () => {
    const fields = toConfigFields(setup())
    expect(fields).toMatchObject({ port: 0, 'inspect.token': '[redacted]', 'limits.joins': 100 })
    expect(toConfigSources(setup())).toEqual({
      port: '--port',
      origins: '--origins',
      'inspect.token': 'REALTIME_INSPECT_TOKEN',
    })
  })
})
