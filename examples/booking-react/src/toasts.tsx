import { useEvent } from '@org/realtime-react'
import { useEffect, useState } from 'react'
import { useChannel, useClient } from './hooks.ts'

export interface Toast {
  readonly id: string
  readonly tone: 'good' | 'warn' | 'bad' | 'rest'
  readonly text: string
}

const TTL_MS = 5000

/** What happened to the line, and what the operator says: each once, for five seconds. */
export function useToasts(): readonly Toast[] {
  const client = useClient()
  const notifications = useChannel('notifications')
  const [toasts, setToasts] = useState<readonly Toast[]>([])

  const show = (tone: Toast['tone'], text: string): void =>
    setToasts((shown) => [{ id: crypto.randomUUID(), tone, text }, ...shown])

  useEvent(notifications, 'SystemNotification', ({ message }) => show('rest', message))

  useEffect(() => {
    let last = client.status.get().status
    return client.status.subscribe(({ status }) => {
      if (status === last) return
      if (status === 'reconnecting') show('warn', 'Reconnecting')
      if (status === 'connected' && last === 'reconnecting') show('good', 'Reconnected')
      if (status === 'closed') show('rest', 'Disconnected')
      if (status === 'failed') show('bad', 'The server has refused this page')
      last = status
    })
  }, [client])

  const oldest = toasts.at(-1)
  useEffect(() => {
    if (!oldest) return
    const timer = setTimeout(() => setToasts((shown) => shown.filter(({ id }) => id !== oldest.id)), TTL_MS)
    return () => clearTimeout(timer)
  }, [oldest])

  return toasts
}
