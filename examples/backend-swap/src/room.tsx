import { Card, Chip, Ended, StatusChip } from '@org/example-look/react'
import { channelTones, toEnd } from '@org/example-look/status'
import type { Client } from '@org/realtime-core'
import { createHooks, useChannelStatus, useHistory, usePublish } from '@org/realtime-react'
import { type FormEvent, useState } from 'react'
import type { channels, Said } from './channels.ts'

const { useChannel, useStatus } = createHooks<Client<typeof channels>>()

/** Knows its channel and its event, and no backend. */
export function Room({ me }: { me: string }) {
  const room = useChannel('private-room.{id}', { id: 1 })
  const publish = usePublish(room)
  const status = useStatus()
  const { state } = useChannelStatus(room)
  const heard = useHistory(room, 'Said', { max: 100, id: ({ id }) => id }).items
  const [own, setOwn] = useState<readonly Said[]>([])
  // Some backends send our own words back, others do not.
  const lines = new Map([...own, ...heard].map((said) => [said.id, said]))

  const say = async (submitted: FormEvent<HTMLFormElement>): Promise<void> => {
    submitted.preventDefault()
    const form = submitted.currentTarget
    const text = `${new FormData(form).get('text')}`.trim()
    if (!text) return
    const said: Said = { id: crypto.randomUUID(), by: me, text }
    form.reset()
    setOwn((before) => [...before, said])
    const outcome = await publish('Said', said).then(
      (receipt) => receipt.outcome,
      () => 'refused',
    )
    if (outcome === 'dropped' || outcome === 'refused')
      setOwn((before) => before.map((own) => (own === said ? { ...own, text: `${text} (not sent)` } : own)))
  }

  return (
    <Card
      title="Room 1"
      beside={
        <span className="row">
          <StatusChip status={status.status} />
          <Chip tone={channelTones[state]}>{state}</Chip>
        </span>
      }
    >
      <Ended {...status} />
      {lines.size === 0 && (
        <p className="empty">
          {state === 'rejected' ? 'You may not enter this room.' : 'Nobody has said anything since you came.'}
        </p>
      )}
      <ul className="plain lines" aria-live="polite">
        {[...lines.values()].map(({ id, by, text }) => (
          <li key={id}>
            <b>{by}</b> {text}
          </li>
        ))}
      </ul>
      <form className="row" onSubmit={say} inert={state === 'rejected' || toEnd(status) !== undefined}>
        <input name="text" aria-label="What to say" placeholder="Say something" autoComplete="off" />
        <button type="submit" className="primary">
          Say
        </button>
      </form>
    </Card>
  )
}
