const SIGNALS = ['SIGINT', 'SIGTERM'] as const
/** As a shell says it of a process that a signal has ended. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const

/** Resolves with the first signal to stop. A second one ends the process at once. */
export function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of SIGNALS)
      process.once(signal, () => {
        for (const other of SIGNALS)
          process.removeAllListeners(other).once(other, () => process.exit(EXIT_CODES[other]))
        resolve(signal)
      })
  })
}
