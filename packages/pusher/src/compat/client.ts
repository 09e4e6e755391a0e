import { type Clock, createClient, type Link, type Protocol, type Transport } from '@org/realtime-core/kit'
import { createAddress } from '../address.ts'
import type { Encryption } from '../encryption.ts'
import { known } from '../known.ts'
import { createProtocol, type PusherCapabilities, type PusherMeta } from '../protocol.ts'
import type { PusherClient } from '../pusher.ts'
import { createVerbs } from '../verbs.ts'
import { type CompatOptions, checkPlace, toAuth, toUserAuth, usesTls } from './options.ts'

const IDLE_MS = 25_000

type PusherProtocol = Protocol<PusherCapabilities, PusherMeta, '.'>

export interface Watcher {
  /** Every frame that comes in, instead of the link. */
  received(text: Parameters<Link['receive']>[0], link: Link): void
  /** What sends a frame as it is while there is a connection. */
  sender(send: ((frame: string) => void) | undefined): void
  secured(): void
}

/** A client whose frames somebody else sees first. */
export function createWatchedClient(
  key: string,
  options: CompatOptions,
  clock: Clock,
  watcher: Watcher,
): PusherClient {
  const { activityTimeout: idleMs = IDLE_MS, pongTimeout: answerMs, encryption } = options
  checkPlace(options)
  // Echo has options of the same name that mean something else.
  const place: object = { ...options, host: '', port: '', url: '' }
  const address = createAddress({ ...place, key, forceTLS: usesTls(options) })
  const secure = (): boolean => {
    watcher.secured()
    return address.secure()
  }
  const protocol = createProtocol(
    {
      auth: toAuth(options),
      userAuthentication: toUserAuth(options),
      clientEventRate: false,
      maxEventBytes: Infinity,
      encryption: encryption as Encryption,
    },
    secure,
  )
  const client = createClient<PusherCapabilities, PusherMeta, '.'>({
    url: address.url,
    clock,
    protocol: watched(protocol, idleMs, watcher),
    heartbeat: known({ answerMs }),
    transport: options['transport'] as Transport,
  })
  const verbs = createVerbs(client as never, protocol.shared)
  return Object.assign(client, { pusher: verbs }) as PusherClient
}

function watched(protocol: PusherProtocol, idleMs: number, watcher: Watcher): PusherProtocol {
  /** During a handover there are two; the older one must not take the newer one's place when it goes. */
  let newest: unknown
  return {
    ...protocol,
    open(session, events, opening) {
      const send = (frame: string): void => session.send(frame)
      const ready: typeof events.ready = (how) => {
        const receiveIdleMs = Math.min(how.heartbeat?.receiveIdleMs ?? idleMs, idleMs)
        newest = send
        watcher.sender(send)
        events.ready({ ...how, heartbeat: { receiveIdleMs } })
      }
      const link = protocol.open(session, { ...events, ready }, opening)
      return {
        ...link,
        receive: (text) => watcher.received(text, link),
        dispose() {
          if (newest === send) watcher.sender(undefined)
          link.dispose?.()
        },
      }
    },
  }
}
