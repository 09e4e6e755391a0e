/** Calls when the signal is aborted from now on; the result stops listening. */
export function onAbort(signal: AbortSignal | undefined, aborted: () => void): () => void {
  const heard = (): void => aborted()
  signal?.addEventListener('abort', heard)
  return () => signal?.removeEventListener('abort', heard)
}
