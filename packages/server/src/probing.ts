/** Asks by TCP whether a peer is still there, for protocols that do not. */
export const probing = { keepAlive: true, keepAliveInitialDelay: 60_000 } as const
