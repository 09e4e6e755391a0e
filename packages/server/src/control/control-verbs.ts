import {
  anyText,
  type Check,
  checkMembers,
  closeCode,
  count,
  ms,
  type Shape,
  text,
  words,
} from '../faults/checks.ts'
import type { Recording } from '../faults/recording.ts'
import { HttpProblem } from '../json-http.ts'
import type { DisconnectOptions, RevokeOptions, Verbs } from '../verbs.ts'
import type { ControlFaults } from './control-faults.ts'

type Body = Readonly<Record<string, unknown>>
type Params = Readonly<Record<string, string>>

/** What a request does, and what it is answered with. */
export type ControlVerb = (body: Body, params: Params) => unknown

export interface ControlNeeds {
  readonly verbs: Verbs
  readonly faults: ControlFaults
}

const anything: Check = { expected: 'anything', fits: () => true }
const MOST_RECORDINGS = 10

const shapes = {
  publish: { channel: text, event: text, 'payload?': anything, 'id?': text },
  send: { client: text, event: text, 'payload?': anything },
  disconnect: { connection: text, 'code?': closeCode, 'reason?': anyText },
  revoke: {
    channel: text,
    'user?': text,
    'refuse?': words('forbidden', 'unknown-channel', 'limit', 'rate-limited', 'unavailable'),
    'retryMs?': ms,
    'message?': anyText,
  },
  expire: { connection: text, 'inMs?': ms },
  record: { 'most?': count },
} satisfies Record<string, Shape>

interface OfConnection {
  readonly connection: string
}

interface OfChannel {
  readonly channel: string
}

interface Said {
  readonly event: string
  readonly payload?: unknown
}

type Publish = OfChannel & Said & { readonly id?: string }
type Send = Said & { readonly client: string }

/** Every verb by method and path, below `/_control`. */
export function createControlVerbs({ verbs, faults }: ControlNeeds): Readonly<Record<string, ControlVerb>> {
  const recordings = new Map<string, Recording>()
  let recordingCount = 0

  const recordingOf = ({ id = '' }: Params): Recording => {
    const recording = recordings.get(id)
    if (!recording) throw notFound('recording', id)
    return recording
  }

  return {
    'GET /faults': () => faults.list(),
    'POST /faults': (body) => faults.add(body),
    'DELETE /faults': () => faults.clear(),
    'DELETE /faults/{id}': (_body, { id = '' }) => {
      if (!faults.remove(id)) throw notFound('fault', id)
    },
    'POST /recordings': (body) => {
      const options = read<{ readonly most?: number }>(body, shapes.record)
      if (recordings.size >= MOST_RECORDINGS)
        throw new HttpProblem(409, 'limit', `There are ${MOST_RECORDINGS} recordings: remove some`)
      const id = `${++recordingCount}`
      recordings.set(id, verbs.faults.record(options))
      return { id }
    },
    'GET /recordings/{id}': (_body, params) => toReport(recordingOf(params)),
    'DELETE /recordings/{id}': (_body, params) => {
      recordingOf(params).stop()
      recordings.delete(params['id'] ?? '')
    },
    'POST /publish': (body) => {
      const { channel, event, payload, id } = read<Publish>(body, shapes.publish)
      return verbs.publish(channel, event, payload, id === undefined ? {} : { id })
    },
    'POST /send': async (body) => {
      const { client, event, payload } = read<Send>(body, shapes.send)
      if (!(await verbs.send(client, event, payload))) throw notFound('client', client)
    },
    'POST /disconnect': (body) => {
      const { connection, ...options } = read<OfConnection & DisconnectOptions>(body, shapes.disconnect)
      if (!verbs.disconnect(connection, options)) throw notFound('connection', connection)
    },
    'POST /revoke': (body) => {
      const { channel, ...options } = read<OfChannel & RevokeOptions>(body, shapes.revoke)
      return { connections: verbs.revoke(channel, options) }
    },
    'POST /expire': (body) => {
      const { connection, inMs } = read<OfConnection & { readonly inMs?: number }>(body, shapes.expire)
      if (!verbs.expire(connection, inMs)) throw notFound('connection', connection)
    },
  }
}

/** @throws ServerError `option.invalid` that names the member and what it accepts */
function read<T>(body: Body, shape: Shape): T {
  checkMembers('body', body, [shape])
  return body as T
}

/** Bytes have no JSON; they are told in base64. */
function toReport({ received, left }: Recording): unknown {
  const shown = received.map(({ payload, ...rest }) => ({
    ...rest,
    ...(typeof payload === 'string'
      ? { payload }
      : payload && { base64: Buffer.from(payload).toString('base64') }),
  }))
  return { received: shown, left }
}

const notFound = (what: string, id: string): HttpProblem =>
  new HttpProblem(404, 'not-found', `There is no ${what} ${id.slice(0, 100)}`)
