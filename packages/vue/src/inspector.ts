import type { AnyClient } from '@org/realtime-core'
import { isSame } from '@org/realtime-core/bind'
import {
  type ControlAddress,
  type Inspected,
  type InspectedClient,
  mountInspector,
  placeInspector,
} from '@org/realtime-devtools'
import {
  defineComponent,
  h,
  onActivated,
  onBeforeUnmount,
  onDeactivated,
  onMounted,
  type PropType,
  shallowRef,
  watch,
} from 'vue'
import { useSource } from './provider.ts'

/**
 * The inspector of `@org/realtime-devtools`, as long as it is mounted: behind a button in a corner of the page, or
 * with `inline` where it stands. Without `client` it takes that of the nearest provider. A server renders nothing
 * of it.
 * @example
 * <RealtimeInspector />
 */
export const RealtimeInspector = /* @__PURE__ */ defineComponent({
  name: 'RealtimeInspector',
  props: {
    client: [Object, Array] as PropType<Inspected>,
    control: Object as PropType<ControlAddress>,
    open: Boolean,
    inline: Boolean,
  },
  setup(props) {
    const provided = props.client ? undefined : useSource(undefined, 'RealtimeInspector')
    const place = shallowRef<HTMLElement | null>(null)
    let remove: (() => void) | undefined

    const hide = (): void => {
      remove?.()
      remove = undefined
    }
    const show = (): void => {
      hide()
      const { control, open, inline } = props
      const clients = toList(props.client ?? provided)
      if (!inline) remove = mountInspector(clients, { control, open })
      else if (place.value) remove = placeInspector(place.value, clients, control)
    }
    const keys = (): readonly unknown[] => [
      props.control?.url,
      props.control?.token,
      props.open,
      props.inline,
      ...toList(props.client ?? provided).flatMap(({ name, client }) => [name, client]),
    ]

    onMounted(show)
    onActivated(show)
    onDeactivated(hide)
    onBeforeUnmount(hide)
    watch(
      keys,
      (now, before) => {
        if (remove && !isSame(now, before)) show()
      },
      { flush: 'post' },
    )
    return () => (props.inline ? h('div', { ref: place }) : null)
  },
})

const toList = (client: Inspected | undefined): readonly InspectedClient[] =>
  !client ? [] : 'trace' in client ? [{ name: 'client', client: client as AnyClient }] : client
