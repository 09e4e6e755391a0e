import { once } from 'node:events'
import { createServer } from 'node:net'

/** Systems take ports above these for connections that somebody dials, and they would be gone when they are needed. */
const LOWEST = 20_000
const HIGHEST = 32_000

/** A port for a program that cannot take whichever is free; also when that is started again at it. */
export async function findFreePort() {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))
    const server = createServer().listen(port)
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
