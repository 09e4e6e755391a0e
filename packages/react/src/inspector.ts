'use client'

import type { AnyClient } from '@org/realtime-core'
import {
  type Inspected,
  type InspectedClient,
  type MountOptions,
  mountInspector,
  placeInspector,
} from '@org/realtime-devtools'
import { createElement, type ReactElement, useEffect, useState } from 'react'
import { useSource } from './provider.ts'
import { useKept } from './use-kept.ts'

export interface RealtimeInspectorProps extends MountOptions {
  /** What is inspected. @default the client of the nearest provider */
  readonly client?: Inspected
  /** Shown where it stands, instead of behind a button in a corner of the page. @default false */
  readonly inline?: boolean
}

/**
 * The inspector of `@org/realtime-devtools`, as long as it is mounted. A server renders nothing of it.
 * @example
 * <RealtimeProvider client={client}><App /><RealtimeInspector /></RealtimeProvider>
 */
export function RealtimeInspector({ client, ...how }: RealtimeInspectorProps): ReactElement | null {
  return client ? createElement(Shown, { ...how, client }) : createElement(ShownNearest, how)
}

type How = Omit<RealtimeInspectorProps, 'client'>

function ShownNearest(how: How): ReactElement | null {
  return createElement(Shown, { ...how, client: useSource(undefined, 'RealtimeInspector') })
}

function Shown({
  client,
  control,
  open,
  inline = false,
}: How & { readonly client: Inspected }): ReactElement | null {
  const [place, setPlace] = useState<HTMLElement | null>(null)
  const list = toList(client)
  const { url, token } = control ?? {}
  // Lists and addresses are often written where they are used, and so are others at every render.
  const kept = useKept([url, token, ...list.flatMap(({ name, client }) => [name, client])], () => ({
    list,
    control,
  }))
  useEffect(() => {
    if (!inline) return mountInspector(kept.list, { control: kept.control, open })
    return place ? placeInspector(place, kept.list, kept.control) : undefined
  }, [kept, open, inline, place])
  return inline ? createElement('div', { ref: setPlace }) : null
}

const toList = (client: Inspected): readonly InspectedClient[] =>
  'trace' in client ? [{ name: 'client', client: client as AnyClient }] : client
