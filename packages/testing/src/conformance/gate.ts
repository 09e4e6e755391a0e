/** Holds up whoever comes while it is closed. */
export interface Gate {
  pass(): Promise<void>
  /** Returns what opens it again. */
  close(): () => void
}

export function createGate(): Gate {
  let opened: Promise<void> | undefined
  return {
    async pass() {
      await opened
    },
    close() {
      let open = (): void => {}
      opened = new Promise((resolve) => {
        open = resolve
      })
      return () => {
        opened = undefined
        open()
      }
    },
  }
}
