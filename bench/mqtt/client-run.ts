/** One client doing one thing, in a process of its own: prints the CPU that a message cost it. */
import { clients } from './clients.ts'

const [, , name = '', what = '', url = '', count = '0', bytes = '100'] = process.argv
const client = await (clients[name] as (typeof clients)[string])(url)
const total = Number(count)

const publish = (qos: 0 | 1 | 2): Promise<void> => {
  const payload = new Uint8Array(Number(bytes)).fill(49)
  let begun = 0
  let done = 0
  return new Promise((resolve, reject) => {
    const next = (): void => {
      if (begun >= total) return
      client.publish(`bench/${begun++ & 15}`, payload, qos).then(() => {
        if (++done === total) resolve()
        else next()
      }, reject)
    }
    for (let window = 0; window < 200; window++) next()
  })
}

const receive = (): Promise<void> =>
  new Promise((resolve) => {
    let got = 0
    client.receive(`count/${total}`, Number(bytes) > 100 ? 1 : 0, () => {
      if (++got === total) resolve()
    })
  })

const run = (): Promise<void> => (what === 'receive' ? receive() : publish(Number(what) as 0 | 1 | 2))

const before = process.cpuUsage()
const startedAt = performance.now()
await run()
const { user, system } = process.cpuUsage(before)
const perSecond = (total / (performance.now() - startedAt)) * 1000
process.stdout.write(JSON.stringify({ usPerMessage: (user + system) / total, perSecond }))
await client.close()
process.exit()
