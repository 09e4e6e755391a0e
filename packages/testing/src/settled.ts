type Later = (run: () => void) => void

// Taken when loaded: fake timers of a test runner come later and must not reach it.
const later: Later = pickLater(globalThis as { setImmediate?: Later })

/**
 * Resolves when every chain of promises under way has gone as far as it can without a timer or a
 * socket. It is one turn of the event loop, so a chain may be of any length.
 */
export function settled(): Promise<void> {
  return new Promise((resolve) => later(resolve))
}

function pickLater({ setImmediate }: { setImmediate?: Later }): Later {
  if (setImmediate) return (run) => setImmediate(run)
  const { port1, port2 } = new MessageChannel()
  const waiting: (() => void)[] = []
  port1.onmessage = () => waiting.shift()?.()
  return (run) => {
    waiting.push(run)
    port2.postMessage(undefined)
  }
}
