import { useToasts } from '@org/example-look/react'
import { useEvent } from '@org/realtime-react'
import { useEffect } from 'react'
import { useChannel, useClient } from './client.ts'

/** Tells what happened to the line, each change once, and what the operator says. */
export function News() {
  const client = useClient()
  const [toasts, show] = useToasts()

  useEvent(useChannel('notifications'), 'SystemNotification', ({ message }) => show('rest', message))
  useEffect(() => {
    let last = client.status.get().status
    return client.status.subscribe(({ status }) => {
      if (status === last) return
      if (status === 'reconnecting') show('warn', 'Reconnecting')
      if (status === 'connected' && last === 'reconnecting') show('good', 'Reconnected')
      if (status === 'closed') show('rest', 'Disconnected')
      last = status
    })
  }, [client])
  return toasts
}
