import { spawn } from 'node:child_process'

/**
 * Runs a bundle in a Node process of its own, so that no benchmark meets what another one did to the heap or
 * the optimising compiler. Resolves with the JSON it printed.
 * @param {string} file @param {readonly string[]} [args] @param {readonly string[]} [nodeFlags]
 * @returns {Promise<any>}
 */
export function child(file, args = [], nodeFlags = []) {
  return new Promise((resolve, reject) => {
    const running = spawn(process.execPath, [...nodeFlags, file, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let printed = ''
    running.stdout.on('data', (text) => {
      printed += text
    })
    running.on('error', reject)
    running.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(printed))
      else reject(new Error(`${file} ${args.join(' ')} ended with ${code}`))
    })
  })
}
