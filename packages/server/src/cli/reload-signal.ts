/** Calls at every SIGHUP; the result takes it back. On a terminal that signal says that the terminal is gone. */
export function onReloadSignal(reload: () => void): () => void {
  if (process.stdout.isTTY) return () => {}
  const handle = (): void => reload()
  process.on('SIGHUP', handle)
  return () => void process.off('SIGHUP', handle)
}
