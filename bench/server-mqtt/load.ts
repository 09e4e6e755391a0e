/** Clients of MQTT 3.1.1 that do no more than they must, in a process of their own: says how long it took. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createFramer, encode, type Packet } from '@org/realtime-mqtt/codec'

const [, , port = '0', kind = '', subscribers = '1', publishers = '1', count = '1', bytes = '100'] =
  process.argv
const TOPIC = 'bench/topic'
const OUTSTANDING = 100
/** Of a PUBLISH of QoS 1: the topic with its length stands before. */
const ID_AT = 2 + TOPIC.length
const PUBACK = 4
const PUBLISH = 3
const qos = kind === 'qos1' ? 1 : 0
const each = Math.floor(Number(count) / Number(publishers))
const expected = each * Number(publishers) * Number(subscribers)

interface Client {
  readonly socket: Socket
  frame: (bytes: Uint8Array, start: number, body: number) => void
}

async function open(name: string): Promise<Client> {
  const socket = connect(Number(port), '127.0.0.1')
  socket.setNoDelay()
  const client: Client = { socket, frame() {} }
  const framer = createFramer(1_000_000, (frame, start, body) => client.frame(frame, start, body))
  socket.on('data', (chunk) => framer.push(chunk))
  socket.on('error', (error) => {
    throw error
  })
  await ask(client, { type: 'connect', level: 4, clientId: name, clean: true, keepAlive: 0 })
  return client
}

function ask(client: Client, packet: Packet): Promise<void> {
  client.socket.write(encode(packet, 4))
  return new Promise((resolve) => {
    client.frame = () => resolve()
  })
}

let got = 0
let isDone = (): void => {}
const done = new Promise<void>((resolve) => {
  isDone = resolve
})

for (let n = 0; n < Number(subscribers); n++) {
  const client = await open(`s${n}`)
  await ask(client, { type: 'subscribe', id: 1, filters: [{ filter: TOPIC, qos }] })
  let acks: number[] = []
  client.frame = (frame, start, body) => {
    if ((frame[start] ?? 0) >> 4 !== PUBLISH) return
    if (qos) {
      if (!acks.length) queueMicrotask(flush)
      acks.push(0x40, 2, frame[body + ID_AT] ?? 0, frame[body + ID_AT + 1] ?? 0)
    }
    if (++got === expected) isDone()
  }
  const flush = (): void => {
    client.socket.write(Uint8Array.from(acks))
    acks = []
  }
}

setTimeout(() => {
  throw new Error(`Got ${got} of ${expected} messages in 30 s`)
}, 30_000)
const senders = await Promise.all(Array.from({ length: Number(publishers) }, (_, n) => open(`p${n}`)))
const startedAt = performance.now()
await Promise.all([done, ...senders.map(send)])
process.send?.({ messages: expected, ms: performance.now() - startedAt })
process.exit()

async function send(client: Client): Promise<void> {
  const packet = { type: 'publish', topic: TOPIC, retain: false, dup: false, qos } as const
  const payload = new Uint8Array(Number(bytes)).fill(49)
  const toBytes = (id: number): Uint8Array => encode({ ...packet, payload, id }, 4)
  if (!qos) {
    // In pieces that the socket takes, so that nothing piles up here.
    const piece = Buffer.concat(Array.from({ length: 50 }, () => toBytes(0)))
    for (let sent = 0; sent < each; sent += 50)
      if (!client.socket.write(piece)) await once(client.socket, 'drain')
    return
  }
  let begun = 0
  let acknowledged = 0
  const fill = (): void => {
    const packets: Uint8Array[] = []
    while (begun < each && begun - acknowledged < OUTSTANDING) packets.push(toBytes((begun++ % 65_535) + 1))
    if (packets.length) client.socket.write(Buffer.concat(packets))
  }
  await new Promise<void>((resolve) => {
    let isDue = false
    client.frame = (frame, start) => {
      if ((frame[start] ?? 0) >> 4 !== PUBACK) return
      if (++acknowledged === each) return resolve()
      if (isDue) return
      isDue = true
      queueMicrotask(() => {
        isDue = false
        fill()
      })
    }
    fill()
  })
}
