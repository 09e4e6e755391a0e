import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { bundle } from '../bundle.mjs'

/** Ends this process when one may not have so many files open. @param {number} count */
export function wantFiles(count) {
  const files = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }))
  if (files >= count) return
  console.error(`One process may have ${files} open files, and ${count} are needed: ulimit -n 20000`)
  process.exit(1)
}

/** Starts a server under test. @param {string} file @param {readonly string[]} args */
export async function start(file, args) {
  const child = fork(file, args, { execArgv: ['--expose-gc'] })
  const [{ port }] = await once(child, 'message')
  return {
    /** @type {number} */
    port,
    /** @param {object} order */
    async ask(order) {
      child.send(order)
      const [answer] = await once(child, 'message')
      return answer
    },
    stop: () => child.kill(),
  }
}

/**
 * Starts a crowd of clients. @param {number} port @param {string} kind what they do first, one of `clients.ts`
 * @param {number} count
 */
export async function gather(port, kind, count) {
  const child = fork(await bundle('server/clients.ts'), [`${port}`, kind, `${count}`])
  const [{ open }] = await once(child, 'message')
  if (open !== count) throw new Error(`Only ${open} of ${count} sockets are open`)
  return {
    /** @param {number} expected */
    async hasReceived(expected) {
      for (let received = 0; received < expected; ) {
        child.send({})
        const [answer] = await once(child, 'message')
        if (answer.lost !== undefined) throw new Error(`A socket was closed with ${answer.lost}`)
        received = answer.received
      }
    },
    stop: () => child.kill(),
  }
}

/** @param {readonly number[]} numbers */
export function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
}

/** @param {boolean} isMet */
export function verdict(isMet) {
  return isMet ? 'met' : 'NOT met'
}
