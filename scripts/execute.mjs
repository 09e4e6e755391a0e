import { spawn } from 'node:child_process'

const isWindows = process.platform === 'win32'

/**
 * Runs a program to its end and resolves with what it printed; rejects with all it said when it fails or takes
 * too long.
 * @param {string} command @param {readonly string[]} args
 * @param {{ cwd: string, env?: Record<string, string>, limitMs: number }} options
 * @returns {Promise<string>}
 */
export function execute(command, args, { cwd, env, limitMs }) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    shell: isWindows,
  })
  let printed = ''
  let said = ''
  child.stdout.on('data', (text) => {
    printed += text
    said += text
  })
  child.stderr.on('data', (text) => {
    said += text
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) resolve(printed)
      else reject(new Error(`"${command} ${args.join(' ')}" ended with ${code ?? signal}\n${said}`))
    })
  })
}
