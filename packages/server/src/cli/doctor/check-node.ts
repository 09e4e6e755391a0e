import { type Finding, fail, ok } from './finding.ts'

const NEEDED = [20, 19] as const

/** The server needs what `engines` of its package says. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isEnough = major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])
  if (isEnough) return ok(`Node ${version}`)
  return fail(`Node ${version} is too old`, `Install ${NEEDED.join('.')} or newer: https://nodejs.org`)
}
