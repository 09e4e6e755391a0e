import { isFree } from './demo-ports.mjs'

/** Systems take ports above these for connections that somebody dials, and they would be gone when they are needed. */
const LOWEST = 20_000
const HIGHEST = 32_000

/** A port for a program that cannot take whichever is free; also when that is started again at it. */
export async function findFreePort() {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))
    if (await isFree(port)) return port
  }
}
