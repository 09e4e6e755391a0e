import { type Stats, statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Clock } from './clock.ts'
import type { HookTable } from './hooks.ts'

/** What is read from files while the server runs. */
export type Reloaded = 'apps' | 'certificate'

interface Source {
  readonly what: Reloaded
  readonly files: readonly string[]
  /** Takes what the files hold, or throws and leaves all as it was. */
  load(): void
}

/** Files that are read anew when they change. */
export interface Reloads {
  add(source: Source): void
  /** Reads all of them. */
  now(): void
  stop(): void
}

/** Between two looks at the state of a file: it tells of any replacement, by writing, renaming, or another link. */
const LOOK_MS = 500
/** Files that belong together are written one after the other. */
const SETTLE_MS = 200

export function createReloads(hooks: HookTable, clock: Clock): Reloads {
  const sources: Source[] = []
  const stops: (() => void)[] = []

  const load = ({ what, files, load: take }: Source): void => {
    const from = files.join(', ')
    try {
      take()
      hooks.emit('reload', { what, from })
    } catch (error) {
      hooks.emit('reload', { what, from, error })
    }
  }

  return {
    add(source) {
      // At once, so that no change falls between what was read and the first look.
      let known = source.files.map((file) => toState(statSync(file, { throwIfNoEntry: false })))
      let isDue = false
      let isStopped = false
      let cancel = (): void => {}

      const look = async (): Promise<void> => {
        const found = await Promise.all(source.files.map((file) => stat(file).then(toState, () => '')))
        if (isStopped) return
        const isChanged = found.some((state, index) => state !== known[index])
        known = found
        if (isDue && !isChanged) load(source)
        isDue = isChanged
        lookLater()
      }
      const lookLater = (): void => {
        cancel = clock.after(isDue ? SETTLE_MS : LOOK_MS, () => void look())
      }

      lookLater()
      sources.push(source)
      stops.push(() => {
        isStopped = true
        cancel()
      })
    },
    now() {
      for (const source of sources) load(source)
    },
    stop() {
      for (const stop of stops.splice(0)) stop()
      sources.length = 0
    },
  }
}

/** Empty for a file that is not there. */
const toState = (stats: Stats | undefined): string =>
  stats ? `${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}` : ''
