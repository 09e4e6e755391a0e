import { DIALECTS } from '../pusher/dialect.ts'
import { FILE, type OptionRow, SWITCH } from './option-row.ts'

const WORD = { kind: 'text', what: 'text without spaces', pattern: /^\S+$/ } as const

/** What can be said of Pusher's protocol besides numbers. */
export const pusherRows: readonly OptionRow[] = [
  {
    name: 'pusher.enabled',
    accepts: SWITCH,
    fallback: { development: true, production: false },
    help: 'Whether `/app/{key}` and `/apps/{id}` are served. In `production` that is so as soon as there is an app',
  },
  {
    name: 'pusher.dialect',
    accepts: { kind: 'word', words: DIALECTS },
    fallback: 'pusher',
    help: 'Which server it behaves like',
  },
  {
    name: 'pusher.app.id',
    accepts: WORD,
    fallback: undefined,
    aliases: ['PUSHER_APP_ID', 'REVERB_APP_ID'],
    help: 'The app, where there is one. In `development` without any it is `app-id`, `app-key`, `app-secret`',
  },
  {
    name: 'pusher.app.key',
    accepts: WORD,
    fallback: undefined,
    aliases: ['PUSHER_APP_KEY', 'REVERB_APP_KEY'],
    help: 'Its key, which clients know',
  },
  {
    name: 'pusher.app.secret',
    accepts: WORD,
    fallback: undefined,
    isSecret: true,
    aliases: ['PUSHER_APP_SECRET', 'REVERB_APP_SECRET'],
    help: 'Its secret, which only your backend knows',
  },
  {
    name: 'pusher.apps',
    accepts: { kind: 'apps' },
    fallback: undefined,
    isSecret: true,
    help: 'Further apps, with all that an app may have',
  },
  {
    name: 'pusher.appsFile',
    accepts: FILE,
    fallback: undefined,
    help: 'A file of JSON that lists further apps. It is read anew when it changes, and at SIGHUP; a broken one changes nothing',
  },
  {
    name: 'pusher.auth',
    accepts: SWITCH,
    fallback: true,
    help: 'Whether `/broadcasting/auth` and `/broadcasting/user-auth` are served, which sign by the rules of `channels`',
  },
  {
    name: 'pusher.eventBytes',
    accepts: { kind: 'number', least: 1, most: 104_857_600 },
    fallback: undefined,
    help: 'Data of one event. Without it 102400 with `soketi`, else 10000',
  },
  {
    name: 'pusher.bodyBytes',
    accepts: { kind: 'number', least: 1, most: 104_857_600 },
    fallback: undefined,
    help: 'Body of one request to the HTTP API. Without it 10000 with `reverb`, else 1048576',
  },
]
