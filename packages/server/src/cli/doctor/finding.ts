/** What one check of the doctor found. */
export interface Finding {
  readonly state: 'ok' | 'warn' | 'fail'
  readonly message: string
  /** What to do. */
  readonly advice?: string
}

export const ok = (message: string): Finding => ({ state: 'ok', message })
export const warn = (message: string, advice?: string): Finding => ({
  state: 'warn',
  message,
  ...(advice !== undefined && { advice }),
})
export const fail = (message: string, advice: string): Finding => ({ state: 'fail', message, advice })
