import { type OptionRow, SWITCH } from './option-row.ts'

export const SECRET = { kind: 'text', what: 'text of at least 16 characters', pattern: /^.{16,}$/ } as const
export const ORIGINS = 'a list of origins like https://app.example.org'

/** What can be said of the pages that the server has of its own. */
export const ownPageRows: readonly OptionRow[] = [
  {
    name: 'inspect.enabled',
    accepts: SWITCH,
    fallback: true,
    help: 'Whether `/_inspect` is served: in `development` to this machine, anywhere else only with `inspect.token`',
  },
  {
    name: 'inspect.token',
    accepts: SECRET,
    fallback: undefined,
    isSecret: true,
    help: 'Opens the inspector to whoever knows it, from anywhere',
  },
  {
    name: 'metrics.enabled',
    accepts: SWITCH,
    fallback: true,
    help: 'Whether `/metrics` is served, for Prometheus: in `development` to this machine, anywhere else only with `metrics.token`',
  },
  {
    name: 'metrics.token',
    accepts: SECRET,
    fallback: undefined,
    isSecret: true,
    help: 'Opens `/metrics` to whoever sends it, as `Authorization: Bearer ...`',
  },
  {
    name: 'control.enabled',
    accepts: SWITCH,
    fallback: { development: true, production: false },
    help: 'Whether `/_control` is served, which causes faults. Never in `production`, and to this machine alone',
  },
  {
    name: 'control.token',
    accepts: SECRET,
    fallback: undefined,
    isSecret: true,
    help: 'What has to be sent to `/_control`. Without it one is made and printed at every start',
  },
  {
    name: 'control.origins',
    accepts: { kind: 'list', words: [], what: ORIGINS },
    fallback: [],
    help: 'Pages of other origins that may use `/_control`',
  },
]
