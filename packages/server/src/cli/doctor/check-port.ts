import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Settings } from '../../config/settings.ts'
import { whoAnswers } from '../who-answers.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

interface Place {
  readonly option: string
  readonly host: string
  readonly port: number
  /** The server starts without it. */
  readonly isOptional: boolean
}

/** Tries to listen where the server would. */
export async function checkPorts(settings: Settings): Promise<readonly Finding[]> {
  const places = placesOf(settings)
  const found: Finding[] = []
  for (const [index, place] of places.entries()) {
    const other = places.slice(0, index).find(({ port }) => port !== 0 && port === place.port)
    found.push(other ? clash(place, other) : await tryPlace(place))
  }
  return found
}

function placesOf(settings: Settings): readonly Place[] {
  const host = settings.get<string>('host') ?? ''
  const tcp = settings.get('mqtt.enabled') === true ? settings.get('mqtt.tcp') : 'off'
  const hasTls = settings.get('mqtt.enabled') === true && settings.get('mqtt.tls') === true
  const place = (option: string, isOptional = false): Place => ({
    option,
    host,
    port: settings.get<number>(option) ?? 0,
    isOptional,
  })
  return [
    place('port'),
    ...(tcp === 'off' ? [] : [place('mqtt.port', tcp === 'if-free')]),
    ...(hasTls ? [place('mqtt.tlsPort')] : []),
  ]
}

const clash = ({ option, port }: Place, other: Place): Finding =>
  fail(`${option} and ${other.option} are both ${port}`, `Give each its own: --${option}=${port + 1}`)

async function tryPlace(place: Place): Promise<Finding> {
  const { option, host, port } = place
  const server = createServer()
  try {
    server.listen({ host, port })
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    const name = option === 'port' ? '' : ` (${option})`
    return ok(port === 0 ? `any free port will be taken${name}` : `port ${port} of ${host} is free${name}`)
  } catch (error) {
    return explain((error as NodeJS.ErrnoException).code ?? String(error), place)
  }
}

async function explain(reason: string, { option, host, port, isOptional }: Place): Promise<Finding> {
  if (reason === 'EADDRINUSE') {
    const message = `port ${port} of ${host} is in use by ${await whoAnswers(host, port)}`
    return isOptional
      ? warn(`${message}: no MQTT over TCP there`, `Stop it, or take another: --${option}=${port + 1}`)
      : fail(message, `Stop it, or start with --${option}=${port + 1}`)
  }
  if (reason === 'EACCES')
    return fail(
      `port ${port} may not be listened on`,
      'Ports below 1024 need rights: take one above, or a proxy',
    )
  if (reason === 'EADDRNOTAVAIL' || reason === 'ENOTFOUND')
    return fail(
      `${host} is no address of this machine`,
      'Use --host=127.0.0.1, or --host=0.0.0.0 for all of its addresses',
    )
  return fail(`port ${port} of ${host} cannot be listened on: ${reason}`, 'Choose another host or port')
}
