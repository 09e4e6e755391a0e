import { unwatchFile, watchFile } from 'node:fs'
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

/** Of the state of a file, so that any way to replace it counts: writing, renaming, a link to another folder. */
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
      let cancel = (): void => {}
      const changed = (): void => {
        cancel()
        cancel = clock.after(SETTLE_MS, () => load(source))
      }
      for (const file of source.files) watchFile(file, { interval: LOOK_MS, persistent: false }, changed)
      sources.push(source)
      stops.push(() => {
        cancel()
        for (const file of source.files) unwatchFile(file, changed)
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
