import { onScopeDispose, type Ref, shallowRef } from 'vue'

export type Kind = 'booking' | 'payment' | 'system'

export interface Notice {
  readonly id: string
  readonly kind: Kind
  readonly text: string
  readonly at: Date
}

export interface Notices {
  /** The newest first. */
  readonly list: Readonly<Ref<readonly Notice[]>>
  add(kind: Kind, text: string): void
  dismiss(id: string): void
}

/** Notices that go by themselves after `ttlMs`. Their timers end with the scope. */
export function useNotices(ttlMs = 5000): Notices {
  const list = shallowRef<readonly Notice[]>([])
  const timers = new Map<string, ReturnType<typeof setTimeout>>()

  const dismiss = (id: string): void => {
    clearTimeout(timers.get(id))
    timers.delete(id)
    list.value = list.value.filter((notice) => notice.id !== id)
  }

  onScopeDispose(() => {
    for (const timer of timers.values()) clearTimeout(timer)
  })

  return {
    list,
    dismiss,
    add(kind, text) {
      const id = crypto.randomUUID()
      list.value = [{ id, kind, text, at: new Date() }, ...list.value]
      timers.set(id, setTimeout(dismiss, ttlMs, id))
    },
  }
}

const format = new Intl.DateTimeFormat('id-ID', { hour: '2-digit', minute: '2-digit', second: '2-digit' })

/** As Indonesia writes it: 14.05.09 */
export const toTime = (date: Date): string => format.format(date)
