import { type Clock, systemClock } from '../clock.ts'
import { TokenBucket } from '../token-bucket.ts'
import type { Endpoint, Wire, WireHandler } from '../wire.ts'
import { Intake } from './intake.ts'
import { kindOf } from './kind-of.ts'
import { handleText } from './messages.ts'
import { type RakitOptions, resolveRakit } from './rakit-options.ts'
import { type Client, Room } from './room.ts'
import { Silence } from './silence.ts'
import { Turnstile } from './turnstile.ts'

/**
 * The endpoint `/rakit`: what the WebSocket server of Rakit says, byte for byte.
 * @throws ServerError `option.invalid` that names the option and what it accepts
 */
export function createRakitEndpoint(options: RakitOptions = {}, clock: Clock = systemClock): Endpoint {
  const settings = resolveRakit(options)
  const room = new Room(clock)
  const turnstile = settings.compat === 'exact' ? new Turnstile() : undefined
  const silence = new Silence(clock, cutSilent)

  function cutSilent(): void {
    if (turnstile?.isHeld) return
    for (const client of room.clients)
      if (client.silentSeconds * 1000 > settings.pingTimeoutMs) client.wire.close()
  }

  function leave(client: Client): void {
    room.leave(client)
    if (room.size === 0) silence.stop()
  }

  function accept(wire: Wire): WireHandler {
    if (room.size >= settings.clients) {
      wire.close()
      return { frame() {}, over() {} }
    }
    let client: Client | undefined
    let cancelDrain = (): void => {}
    // Rakit has no word for what is too much, so it is silence, as for anything else that is ignored.
    const bucket = settings.compat === 'safe' ? new TokenBucket(settings, clock) : undefined
    const handle = (text: string): void => {
      if (client && room.has(client) && !bucket?.take()) handleText(room, client, text, settings)
    }
    const intake = new Intake({ ...settings, clock, wire, turnstile, handle })
    silence.heard()
    intake.begin(() => {
      client = room.enter(wire)
    })
    return {
      frame(frame) {
        silence.heard()
        intake.take(frame)
      },
      over() {
        cancelDrain()
        silence.heard()
        intake.end(() => client && leave(client))
      },
      drain(windowMs) {
        cancelDrain = clock.after(Math.random() * windowMs, () => wire.close())
      },
      about: () => ({ ...(client && { client: client.id }), channels: client?.names ?? [] }),
    }
  }

  return {
    name: 'rakit',
    isPlain: true,
    closing: 'cut',
    kindOf,
    subprotocol: (offered) => offered.find((name) => settings.subprotocols.includes(name)),
    accept,
    stop: () => silence.stop(),
  }
}
