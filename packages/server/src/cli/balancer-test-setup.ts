import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { onTestFinished } from 'vitest'

/** What stands before the nodes: each connection goes to the first of them that is ready at that moment. */
export async function startBalancer(ports: readonly number[]): Promise<number> {
  const server = createServer({ pauseOnConnect: true }, async (near) => {
    near.on('error', () => {})
    const port = await firstReady(ports)
    if (port === undefined) return void near.destroy()
    const far = connect(port, '127.0.0.1')
    far.on('error', () => near.destroy())
    near.pipe(far).pipe(near)
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
    onTestFinished(() => void far.destroy())
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function firstReady(ports: readonly number[]): Promise<number | undefined> {
  for (const port of ports) {
    const isReady = await fetch(`http://127.0.0.1:${port}/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isReady) return port
  }
  return undefined
}
