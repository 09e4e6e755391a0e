import { describe, expect, it } from 'vitest'
import { readConfig } from '../../config/load-config.ts'
import { createFolder } from '../cli-test-setup.ts'
import { checkEnvironment } from './check-environment.ts'
import { checkOptions, checkSecrets } from './check-options.ts'

const settingsOf = (args: readonly string[]) => readConfig({ args, env: {} }, { by: 'command' }).settings
const production = ['--mode=production', '--authenticate=anonymous']

describe('checkOptions', () => {
  it('says of options what the server would say of them together', () => {
    expect(checkOptions(settingsOf(['--cors.origins=any', '--cors.credentials']))).toEqual([
      {
        state: 'fail',
        message:
          'Option cors.credentials must be left out with origins `any`: list the origins that may send cookies',
        advice: 'Correct --cors.credentials',
      },
    ])
    expect(checkOptions(settingsOf(['--mqtt.tls']))).toMatchObject([{ state: 'fail' }])
  })

  it('has nothing to say of others, and of what is looked at elsewhere', () => {
    for (const args of [[], production, ['--tls.cert=/nowhere', '--tls.key=/nowhere']])
      expect(checkOptions(settingsOf(args))).toEqual([])
  })
})

describe('checkSecrets', () => {
  const app = (key: string, secret: string) => [
    '--pusher.app.id=1',
    `--pusher.app.key=${key}`,
    `--pusher.app.secret=${secret}`,
  ]
  const check = (args: readonly string[]) => checkSecrets(settingsOf(args)).map(({ message }) => message)

  it('finds secrets that everybody knows, in production', () => {
    expect(check([...production, ...app('app-key', 'app-secret')])).toEqual([
      'the secret of app 1 stands in guides',
    ])
    expect(check([...production, ...app('same', 'same')])).toEqual([
      'the secret of app 1 is its key, which every page knows',
    ])
    expect(check([...production, ...app('app-key', 'f3b1c2')])).toEqual([])
    expect(check(app('app-key', 'app-secret'))).toEqual([])
  })

  it('finds them in apps of a file too', () => {
    const apps = [{ id: 'a', key: 'k', secret: 'some-app-secret' }]
    const folder = createFolder({ 'config.json': JSON.stringify({ pusher: { apps } }) })
    expect(check([...production, `--config=${folder}/config.json`])).toEqual([
      'the secret of app a stands in guides',
    ])
  })

  it('finds channels that are open to everybody, in production', () => {
    const channels = { '*': true, 'private-*': { publish: true }, 'news.*': true }
    const given = `--channels=${JSON.stringify(channels)}`
    expect(check([...production, given])).toEqual([
      '`channels` lets everybody who is let in read *',
      '`channels` lets everybody who is let in read and write private-*',
    ])
    expect(check([given])).toEqual([])
  })
})

describe('checkEnvironment', () => {
  it('tells variables of soketi that nobody reads, without their values', () => {
    expect(checkEnvironment({ PATH: '/bin' })).toEqual([])
    expect(checkEnvironment({ SOKETI_PORT: '1' })).toMatchObject([
      { state: 'warn', message: 'SOKETI_PORT is set, and not read' },
    ])
    const many = { SOKETI_A: 's3cret', SOKETI_B: '1', SOKETI_C: '1', SOKETI_D: '1' }
    const found = checkEnvironment(many)
    expect(found).toMatchObject([
      { message: 'SOKETI_A, SOKETI_B, SOKETI_C and 1 more are set, and not read' },
    ])
    expect(JSON.stringify(found)).not.toContain('s3cret')
  })
})
