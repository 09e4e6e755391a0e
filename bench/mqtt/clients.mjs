import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findProgram } from '../../scripts/programs.mjs'
import { bundle } from '../bundle.mjs'
import { child } from '../child.mjs'

const ROUNDS = 7

/**
 * `u8`: u8-mqtt can do it. paho-mqtt can do all, over WebSocket.
 * @typedef {{ readonly name: string, readonly what: string, readonly count: number, readonly bytes: number, readonly budget: number, readonly u8: boolean }} Row
 */

/** @type {readonly Row[]} */
const rows = [
  { name: 'publish QoS 0', what: '0', count: 100_000, bytes: 100, budget: 2, u8: false },
  { name: 'publish QoS 1', what: '1', count: 30_000, bytes: 100, budget: 2.5, u8: true },
  { name: 'publish QoS 2', what: '2', count: 20_000, bytes: 100, budget: 2.5, u8: false },
  { name: 'receive limit', what: 'receive', count: 400_000, bytes: 100, budget: 4, u8: true },
  { name: 'receive limit, 1 kB', what: 'receive', count: 200_000, bytes: 1000, budget: 4, u8: true },
]

/** Ours beside MQTT.js and the small clients, over TCP and WebSocket: CPU of the client's process per message, in turns. */
export async function compareClients() {
  const program = findProgram('mosquitto')
  if (!program) return [{ 'ours against MQTT.js': 'not run: there is no mosquitto' }]
  const broker = await startMosquitto(program)
  const blaster = await startBlaster()
  const file = await bundle('mqtt/client-run.ts')
  const table = []
  for (const row of rows)
    for (const kind of /** @type {const} */ (['tcp', 'ws'])) {
      const port = (row.what === 'receive' ? blaster : broker)[kind]
      const url = `${kind === 'tcp' ? 'mqtt' : 'ws'}://127.0.0.1:${port}${kind === 'ws' ? '/mqtt' : ''}`
      table.push({ 'ours against MQTT.js': `${row.name}, ${kind}`, ...(await compare(file, row, url, kind)) })
    }
  broker.stop()
  blaster.stop()
  return table
}

/** @param {string} file @param {Row} row @param {string} url @param {'tcp' | 'ws'} kind */
async function compare(file, { what, count, bytes, budget, u8 }, url, kind) {
  const names = ['ours', 'MQTT.js', ...(u8 ? ['u8-mqtt'] : []), ...(kind === 'ws' ? ['paho-mqtt'] : [])]
  /** @type {Map<string, number[]>} */
  const costs = new Map(names.map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round++)
    for (const name of round % 2 ? names : [...names].reverse()) {
      const { usPerMessage } = await child(file, [name, what, url, `${count}`, `${bytes}`])
      costs.get(name)?.push(usPerMessage)
    }
  const ours = costs.get('ours') ?? []
  /** @param {string} name */
  const ratios = (name) =>
    (costs.get(name) ?? []).map((cost, round) => cost / (ours[round] ?? Number.NaN)).sort((a, b) => a - b)
  /** @param {string} name */
  const shown = (name) =>
    names.includes(name)
      ? `${median(costs.get(name) ?? []).toFixed(1)} (${median(ratios(name)).toFixed(1)} x)`
      : '-'
  const all = ratios('MQTT.js')
  const ratio = median(all)
  return {
    'ours us': median(ours).toFixed(2),
    'MQTT.js us': median(costs.get('MQTT.js') ?? []).toFixed(2),
    ratio: ratio.toFixed(2),
    spread: `${Math.round((((all.at(-1) ?? 0) - (all[0] ?? 0)) / ratio) * 100)} %`,
    budget: `>= ${budget} ${ratio >= budget ? 'met' : 'NOT met'}`,
    'u8-mqtt us': shown('u8-mqtt'),
    'paho-mqtt us': shown('paho-mqtt'),
  }
}

/** @param {readonly number[]} values @returns {number} */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

/** @param {string} program */
async function startMosquitto(program) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-mosquitto-'))
  const [tcp, ws] = [18_930, 18_931]
  const lines = [
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    'allow_anonymous true',
    'log_type none',
    'max_inflight_messages 0',
    'max_queued_messages 0',
    `listener ${tcp} 127.0.0.1`,
    `listener ${ws} 127.0.0.1`,
    'protocol websockets',
  ]
  writeFileSync(join(folder, 'mosquitto.conf'), lines.join('\n'))
  const running = spawn(program, ['-c', join(folder, 'mosquitto.conf')], { stdio: 'ignore' })
  while (!(await accepts(tcp)) || !(await accepts(ws))) await sleep(20)
  return {
    tcp,
    ws,
    stop() {
      running.kill()
      rmSync(folder, { recursive: true })
    },
  }
}

/** @param {number} port */
function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

async function startBlaster() {
  const running = spawn(process.execPath, [await bundle('mqtt/blaster.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await new Promise((resolve) =>
    running.stdout.once('data', (text) => resolve(`${text}`.split('\n'))),
  )
  return { .../** @type {{ tcp: number, ws: number }} */ (JSON.parse(line)), stop: () => running.kill() }
}
