import { createRawWs, defineChannels, event } from '@org/realtime-raw-ws'
import { createHooks, RealtimeProvider, useChannelStatus, useLatest, usePublish } from '@org/realtime-react'
import { RealtimeInspector } from '@org/realtime-react/inspector'
import { StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'

const channels = defineChannels({ 'room.{id}': { Said: event<{ text: string }>() } })
const url = new URLSearchParams(location.search).get('url') ?? 'ws://127.0.0.1:6001/raw'
const client = createRawWs({ url, channels })
const { useChannel } = createHooks<typeof client>()

function Room() {
  const room = useChannel('room.{id}', { id: 7 })
  const { state } = useChannelStatus(room)
  const heard = useLatest(room, 'Said', { select: (last) => last?.text })
  const publish = usePublish(room)
  const [outcome, setOutcome] = useState('')
  useEffect(() => {
    if (state === 'joined')
      publish('Said', { text: 'hi' }, { delivery: 'at-least-once' }).then((receipt) =>
        setOutcome(receipt.outcome),
      )
  }, [state, publish])
  useEffect(() => {
    document.title = `${outcome}, heard ${heard}`
  }, [outcome, heard])
  return heard
}

createRoot(document.getElementById('app') as HTMLElement).render(
  <StrictMode>
    <RealtimeProvider client={client}>
      <Room />
      <RealtimeInspector open />
    </RealtimeProvider>
  </StrictMode>,
)
