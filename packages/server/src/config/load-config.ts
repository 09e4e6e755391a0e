import { checkSettings } from './check-settings.ts'
import { joinReadings } from './given.ts'
import { type ConfigProblem, throwProblems } from './problem.ts'
import { CONFIG_VARIABLE, type Env, readEnv } from './read-env.ts'
import { readConfigFile } from './read-file.ts'
import { readFlags } from './read-flags.ts'
import { Settings } from './settings.ts'

export interface ConfigSources {
  /** Flags, such as `process.argv.slice(2)`. @default none */
  readonly args?: readonly string[]
  /** @default process.env */
  readonly env?: Env
  /** A file to read when neither flags nor environment name one. */
  readonly file?: string
}

export interface Config {
  readonly settings: Settings
  readonly problems: readonly ConfigProblem[]
  /** Worth to be known, and no mistake. */
  readonly notes: readonly string[]
  /** The file that was read. */
  readonly file: string | undefined
  /** Which of the flags without a value were there. */
  readonly switches: ReadonlySet<string>
}

export interface ConfigUse {
  /** Flags without a value that are known besides the options. */
  readonly switches?: readonly string[]
  /** A library can bring the functions that a command cannot. */
  readonly by: 'command' | 'library'
}

/** Reads file, environment and flags, of which the later ones win, and finds everything that is wrong. */
export function readConfig(sources: ConfigSources, { by, switches = [] }: ConfigUse): Config {
  const { args = [], env = process.env } = sources
  const flags = readFlags(args, switches)
  const file = flags.config ?? (env[CONFIG_VARIABLE] || sources.file)
  const readings = [...(file === undefined ? [] : [readConfigFile(file)]), readEnv(env), flags]
  const { given, problems, notes } = joinReadings(readings)
  const settings = new Settings(given, env)
  const checked = checkSettings(settings, by)
  return {
    settings,
    problems: [...problems, ...checked.problems],
    notes: [...notes, ...checked.notes],
    file,
    switches: flags.switches,
  }
}

/**
 * The same, for use.
 * @throws ServerError `config.invalid` that lists every mistake with its source and what to do
 */
export function loadConfig(sources: ConfigSources, use: ConfigUse): Config {
  const config = readConfig(sources, use)
  throwProblems(config.problems)
  return config
}
