import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Whether Node was started with this module, also by a path through a symbolic link.
 * @param {string} url its `import.meta.url`
 */
export function isMain(url) {
  const [, script] = process.argv
  return script !== undefined && realpathSync(script) === fileURLToPath(url)
}
