import { merge, type Update } from './availability.ts'
import type { Availability } from './channels.ts'

export interface SessionView {
  /** Those whose name is known; none before the first answer. */
  readonly sessions?: readonly Availability[]
  /** The last answer did not come, or was a refusal. */
  readonly failed: boolean
}

/** Puts together what the application answers and what is told meanwhile; `show` gets every change. */
export function createSessionList(show: (view: SessionView) => void, ask = () => fetch('/api/sessions')) {
  let known: ReadonlyMap<number, Update> = new Map()
  /** When each was told of last, counted in questions. */
  const told = new Map<number, number>()
  let [asked, answered, failed] = [0, 0, false]

  const tell = (): void => {
    const sessions = [...known.values()].filter((it): it is Availability => it.session_name !== undefined)
    show({ ...(answered > 0 && { sessions }), failed })
  }

  return {
    put(update: Update): void {
      told.set(update.session_id, asked)
      known = new Map(known).set(update.session_id, merge(known.get(update.session_id), update))
      tell()
    },
    async load(): Promise<void> {
      const turn = ++asked
      failed = false
      tell()
      try {
        const response = await ask()
        if (!response.ok) throw new Error(`The application answers ${response.status}`)
        const { data } = (await response.json()) as { readonly data: readonly Availability[] }
        if (turn < answered) return
        answered = turn
        failed = false
        const next = new Map<number, Update>(data.map((session) => [session.session_id, session]))
        for (const [id, session] of known)
          if (next.has(id) || (told.get(id) ?? 0) >= turn) next.set(id, merge(next.get(id), session))
        known = next
      } catch {
        failed = turn === asked
      }
      tell()
    },
  }
}
