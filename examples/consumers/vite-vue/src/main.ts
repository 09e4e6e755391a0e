import { createRawWs, defineChannels, event } from '@org/realtime-raw-ws'
import { createHooks, createRealtime, useChannelStatus, useLatest, usePublish } from '@org/realtime-vue'
import { RealtimeInspector } from '@org/realtime-vue/inspector'
import { createApp, defineComponent, h, ref, watch } from 'vue'

const channels = defineChannels({ 'room.{id}': { Said: event<{ text: string }>() } })
const url = new URLSearchParams(location.search).get('url') ?? 'ws://127.0.0.1:6001/raw'
const client = createRawWs({ url, channels })
const { useChannel } = createHooks<typeof client>()

const Room = defineComponent(() => {
  const room = useChannel('room.{id}', { id: 7 })
  const status = useChannelStatus(room)
  const heard = useLatest(room, 'Said', { select: (last) => last?.text })
  const publish = usePublish(room)
  const outcome = ref('')
  watch(
    () => status.value.state,
    async (state) => {
      if (state !== 'joined') return
      const receipt = await publish('Said', { text: 'hi' }, { delivery: 'at-least-once' })
      outcome.value = receipt.outcome
    },
    { immediate: true },
  )
  watch([outcome, heard], () => {
    document.title = `${outcome.value}, heard ${heard.value}`
  })
  return () => [h('p', heard.value), h(RealtimeInspector, { open: true })]
})

createApp(Room).use(createRealtime(client)).mount('#app')
