import type { Status, StatusSnapshot } from '@org/realtime-core'
import { type ReactNode, useEffect, useState } from 'react'
import { type End, statusTones, type Tone, toEnd } from './status.ts'

/** A short word in a coloured field. */
export function Chip({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className="chip" data-tone={tone}>
      {children}
    </span>
  )
}

export function StatusChip({ status }: { status: Status }) {
  return (
    <span className="chip status" data-tone={statusTones[status]}>
      {status}
    </span>
  )
}

/** Says what is wrong, with the way on. */
export function Alert({ text, action, tone, press }: End & { readonly press: () => void }) {
  return (
    <p className="ended row" role="alert" data-tone={tone}>
      <span>{text}</span>
      <Button press={press}>{action}</Button>
    </p>
  )
}

/** Says why nobody tries any more, with the way on; nothing before that. */
export function Ended({
  status,
  lastError,
  retryNow,
}: Pick<StatusSnapshot, 'status' | 'lastError'> & { readonly retryNow: () => void }) {
  const end = toEnd({ status, lastError })
  return end && <Alert {...end} press={retryNow} />
}

export function Card({
  title,
  beside,
  children,
}: {
  title: ReactNode
  beside: ReactNode
  children: ReactNode
}) {
  return (
    <section className="card">
      <div className="row between">
        <h2>{title}</h2>
        {beside}
      </div>
      {children}
    </section>
  )
}

export function Button({ press, children }: { press: () => void; children: ReactNode }) {
  return (
    <button type="button" onClick={press}>
      {children}
    </button>
  )
}

/** Chooses one of a few words. */
export function Choice<T extends string>(choice: {
  label: string
  of: readonly T[]
  chosen: T
  choose: (one: T) => void
}) {
  const { label, of, chosen, choose } = choice
  return (
    <label className="row">
      {label}
      <select value={chosen} onChange={({ target }) => choose(target.value as T)}>
        {of.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  )
}

const TOAST_MS = 5000

interface Toast {
  readonly id: string
  readonly tone: Tone
  readonly text: string
  /** When it goes. */
  readonly until: number
}

/** Short words in a corner, the newest first, each for five seconds; and what adds one. */
export function useToasts(): readonly [list: ReactNode, show: (tone: Tone, text: string) => void] {
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  const oldest = toasts.at(-1)
  useEffect(() => {
    if (!oldest) return
    const drop = (): void => setToasts((shown) => shown.filter(({ id }) => id !== oldest.id))
    const timer = setTimeout(drop, oldest.until - Date.now())
    return () => clearTimeout(timer)
  }, [oldest])
  const list = (
    <ul className="plain toasts" aria-live="polite">
      {toasts.map(({ id, tone, text }) => (
        <li key={id}>
          <Chip tone={tone}>{text}</Chip>
        </li>
      ))}
    </ul>
  )
  const show = (tone: Tone, text: string): void => {
    const toast = { id: crypto.randomUUID(), tone, text, until: Date.now() + TOAST_MS }
    setToasts((shown) => [toast, ...shown])
  }
  return [list, show]
}
