import type { Cluster } from '../cluster.ts'
import type { Core } from '../core.ts'
import { type MqttCounts, readCounts } from '../mqtt/counts.ts'
import type { Labels, TallyKind } from '../tally.ts'
import type { EndpointTraffic, Traffic } from './traffic.ts'

export interface MetricNeeds {
  readonly core: Core
  readonly cluster: Pick<Cluster, 'own'>
  readonly traffic: Traffic
  readonly isDraining: () => boolean
}

export type Sample = readonly [labels: Labels, value: number]

/** One metric of this server: where its name, help and labels come from, in the program, the pages and the dashboard. */
export interface MetricRow {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly labels: readonly string[]
  readonly help: string
  /** How it is now. */
  read(needs: MetricNeeds): Iterable<Sample>
}

/** Every metric of this server, besides those of the process and of Node. */
export const metricTable: readonly MetricRow[] = [
  ofEndpoint('realtime_connections', 'gauge', 'Connections that are up', (sums) => sums.connections),
  ofEndpoint(
    'realtime_connections_opened_total',
    'counter',
    'Connections that were accepted',
    (sums) => sums.opened,
  ),
  {
    name: 'realtime_connections_closed_total',
    type: 'counter',
    labels: ['endpoint', 'code'],
    help: 'Connections that are over, by close code; codes that only clients use are `other`',
    read: ({ traffic }) =>
      traffic
        .read()
        .flatMap(({ endpoint, closed }) =>
          [...closed].map(([code, count]): Sample => [{ endpoint, code }, count]),
        ),
  },
  ofEndpoint(
    'realtime_messages_received_total',
    'counter',
    'Frames of clients: messages of WebSocket, packets of MQTT',
    (sums) => sums.framesIn,
  ),
  ofEndpoint('realtime_messages_sent_total', 'counter', 'Frames to clients', (sums) => sums.framesOut),
  ofEndpoint(
    'realtime_received_bytes_total',
    'counter',
    'Bytes of those of clients, without what WebSocket and TCP add',
    (sums) => sums.bytesIn,
  ),
  ofEndpoint('realtime_sent_bytes_total', 'counter', 'Bytes of those to clients', (sums) => sums.bytesOut),
  ofEndpoint(
    'realtime_buffered_bytes',
    'gauge',
    'Bytes that wait for clients to read them',
    (sums) => sums.bufferedBytes,
  ),
  one(
    'realtime_channels',
    'Channels that somebody on this node has joined, without those of MQTT',
    ({ core }) => core.hub.channels().size,
  ),
  tallied('realtime_joins_total', 'joins', ['endpoint'], 'Channels that were joined, topics of MQTT too'),
  tallied(
    'realtime_refusals_total',
    'refusals',
    ['endpoint', 'what', 'reason'],
    'What was refused: a `connection`, a `join` or a `publish`. The reason is in the words of the protocol',
  ),
  tallied(
    'realtime_drops_total',
    'drops',
    ['endpoint', 'reason'],
    'Messages that were left out for one client: it reads too slowly (`slow`), too many wait for it (`queue-full`), or it takes none so large (`too-large`). With Redis also a session that ends because messages for it are lost (`gap`)',
  ),
  tallied(
    'realtime_http_requests_total',
    'requests',
    ['route', 'status'],
    'Requests of plain HTTP, by the path as it is served',
  ),
  {
    name: 'realtime_mqtt_sessions',
    type: 'gauge',
    labels: ['state'],
    help: 'Sessions of MQTT: of clients that are here (`up`), and of those that are not (`away`)',
    read({ core: { mqtt } }) {
      if (!mqtt) return []
      const { up, away } = readCounts(mqtt.broker)
      return [
        [{ state: 'up' }, up],
        [{ state: 'away' }, away],
      ]
    },
  },
  ofMqtt(
    'realtime_mqtt_queued_messages',
    'Messages of QoS 1 and 2 that wait for clients, or are under way',
    ({ queued }) => queued,
  ),
  ofMqtt('realtime_mqtt_retained_messages', 'Messages that are retained', ({ retained }) => retained),
  {
    ...tallied(
      'realtime_crashes_total',
      'crashes',
      [],
      'What the hook `crash` was told: code of yours, or of the server, that threw',
    ),
    read: ({ core }) => {
      const [first] = core.tally.read('crashes')
      return [[{}, first?.[1] ?? 0]]
    },
  },
  {
    name: 'realtime_node_info',
    type: 'gauge',
    labels: ['node', 'address'],
    help: 'Always 1: which node has answered, and where it listens',
    read({ cluster }) {
      const { id, address } = cluster.own()
      return [[{ node: id, address }, 1]]
    },
  },
  one('realtime_draining', '1 while clients are asked to move elsewhere, else 0', ({ isDraining }) =>
    isDraining() ? 1 : 0,
  ),
]

function ofEndpoint(
  name: string,
  type: MetricRow['type'],
  help: string,
  pick: (sums: EndpointTraffic) => number,
): MetricRow {
  return {
    name,
    type,
    help,
    labels: ['endpoint'],
    read: ({ traffic }) => traffic.read().map((sums): Sample => [{ endpoint: sums.endpoint }, pick(sums)]),
  }
}

function tallied(name: string, kind: TallyKind, labels: readonly string[], help: string): MetricRow {
  return { name, type: 'counter', labels, help, read: ({ core }) => core.tally.read(kind) }
}

function one(name: string, help: string, value: (needs: MetricNeeds) => number): MetricRow {
  return { name, type: 'gauge', labels: [], help, read: (needs) => [[{}, value(needs)]] }
}

function ofMqtt(name: string, help: string, pick: (counts: MqttCounts) => number): MetricRow {
  return {
    name,
    type: 'gauge',
    labels: [],
    help,
    read: ({ core: { mqtt } }) => (mqtt ? [[{}, pick(readCounts(mqtt.broker))]] : []),
  }
}
