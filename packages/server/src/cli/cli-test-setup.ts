import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, onTestFinished } from 'vitest'

const home = join(fileURLToPath(import.meta.url), '../../..')

/** The command as a process. */
export interface Running {
  readonly child: ChildProcess
  readonly out: string
  readonly err: string
  /** Resolves when the pattern is in its output. */
  sees(pattern: RegExp): Promise<RegExpExecArray>
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>
}

/** Builds the command from source for the tests of one file; the result runs it. */
export function buildCli(): {
  readonly path: string
  run(args: readonly string[], options?: RunOptions): Running
} {
  // Its package.json has to be one folder up, and its dependencies are found from there.
  const path = join(home, `.cache/cli-${randomUUID()}.js`)
  beforeAll(async () => {
    await build({
      entryPoints: [join(home, 'src/cli.ts')],
      outfile: path,
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['ws', 'ioredis', 'prom-client'],
      conditions: ['@org/source'],
    })
  })
  afterAll(() => rmSync(path, { force: true }))
  return { path, run: (args, options) => run(path, args, options) }
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

function run(path: string, args: readonly string[], { env = {}, cwd = tmpdir() }: RunOptions = {}): Running {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [path, ...args], { cwd, env: { PATH, ...env } })
  onTestFinished(() => void child.kill('SIGKILL'))
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text
  })
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal)
  return {
    child,
    ended,
    get out() {
      return out
    },
    get err() {
      return err
    },
    async sees(pattern) {
      for (;;) {
        const found = pattern.exec(out + err)
        if (found) return found
        const end = ended.then((code) =>
          Promise.reject(new Error(`Ended with ${code} before ${pattern}: ${out}${err}`)),
        )
        await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), end])
      }
    },
  }
}

/** A line of its log as JSON. */
export interface LogLine {
  readonly event: string
  readonly time: string
  readonly connection?: string
  readonly endpoint?: string
  readonly code?: number
}

export const linesOf = ({ out }: Running, event: string): readonly LogLine[] =>
  out
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter((line: LogLine) => line.event === event)

/** A folder of files that is gone after the test. */
export function createFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}
