import { checkSettings } from './check-settings.ts'
import { joinReadings } from './given.ts'
import { type ConfigProblem, throwProblems } from './problem.ts'
import { CONFIG_VARIABLE, type Env, readEnv } from './read-env.ts'
import { readConfigFile } from './read-file.ts'
import { readFlags } from './read-flags.ts'
import { Settings } from './settings.ts'

export interface ConfigSources {
  /** Flags, as in `process.argv.slice(2)`. @default none */
  readonly args?: readonly string[]
  /** @default process.env */
  readonly env?: Env
  /** A file to read when neither flags nor environment name one. */
  readonly file?: string
  /** Flags that are allowed besides the options. */
  readonly switches?: readonly string[]
}

export interface Config {
  readonly settings: Settings
  readonly problems: readonly ConfigProblem[]
  /** Worth to be known, and no mistake. */
  readonly notes: readonly string[]
  /** The file that was read. */
  readonly file: string | undefined
  readonly switches: ReadonlySet<string>
}

/** Reads file, environment and flags, of which the later ones win, and finds everything that is wrong. */
export function readConfig({
  args = [],
  env = process.env,
  file,
  switches = [],
}: ConfigSources = {}): Config {
  const flags = readFlags(args, switches)
  const path = flags.config ?? (env[CONFIG_VARIABLE] || file)
  const { given, problems } = joinReadings([
    ...(path === undefined ? [] : [readConfigFile(path)]),
    readEnv(env),
    flags,
  ])
  const settings = new Settings(given, env)
  const checked = checkSettings(settings)
  return {
    settings,
    problems: [...problems, ...checked.problems],
    notes: checked.notes,
    file: path,
    switches: flags.switches,
  }
}

/**
 * The same, for use.
 * @throws ServerError `config.invalid` that lists every mistake with its source and what to do
 */
export function loadConfig(sources: ConfigSources = {}): Config {
  const config = readConfig(sources)
  throwProblems(config.problems)
  return config
}
