import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { findProgram } from '../../../scripts/programs.mjs'

const cache = fileURLToPath(new URL('../node_modules/.cache/realtime-runtimes', import.meta.url))
const machine = `${process.platform}-${process.arch}`

/** From the npm registry, where each binary is a package of its own: no install script has to run. */
const tools = {
  Bun: {
    version: '1.4.5',
    packages: {
      'linux-x64': '@oven/bun-linux-x64',
      'linux-arm64': '@oven/bun-linux-aarch64',
      'darwin-arm64': '@oven/bun-darwin-aarch64',
    },
    file: 'bin/bun',
  },
  Deno: {
    version: '2.9.6',
    packages: {
      'linux-x64': '@deno/linux-x64-glibc',
      'linux-arm64': '@deno/linux-arm64-glibc',
      'darwin-arm64': '@deno/darwin-arm64',
    },
    file: 'deno',
  },
  workerd: {
    version: '1.20261117.1',
    packages: {
      'linux-x64': '@cloudflare/workerd-linux-64',
      'linux-arm64': '@cloudflare/workerd-linux-arm64',
      'darwin-arm64': '@cloudflare/workerd-darwin-arm64',
    },
    file: 'bin/workerd',
  },
  Metro: { version: '0.83.8', packages: { [machine]: 'metro' }, file: 'package.json' },
}

export type Tool = keyof typeof tools

/** Why a runtime is not run on this machine at all, whatever is asked for. None at present. */
export const UNAVAILABLE: Partial<Record<string, string>> = {}

export const requireAll = process.env['REQUIRE_ALL'] === '1'

/** The file of a tool, installed when first asked for. Throws the reason when it cannot be had. */
export async function findTool(tool: Tool): Promise<string> {
  const { version, packages, file } = tools[tool]
  const name = (packages as Record<string, string>)[machine]
  if (!name) throw new Error(`no package is listed for ${machine}`)
  const folder = join(cache, `${tool}-${version}`)
  const found = join(folder, 'node_modules', name, file)
  if (existsSync(found)) return found
  if (!requireAll && process.env['RUNTIMES'] !== '1')
    throw new Error('RUNTIMES=1 is not set, which would install it')
  const partial = `${folder}.${process.pid}`
  mkdirSync(partial, { recursive: true })
  const line = `install --prefix ${partial} --ignore-scripts --no-audit --no-fund --no-package-lock ${name}@${version}`
  await promisify(execFile)('npm', line.split(' '))
  rmSync(folder, { recursive: true, force: true })
  renameSync(partial, folder)
  return found
}

export async function findChromium(): Promise<string> {
  const path = findProgram('browser')
  if (!path) throw new Error('there is no chromium; CHROMIUM_PATH may name one')
  return path
}
