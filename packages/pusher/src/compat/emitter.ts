/** What applications of pusher-js pass as callbacks. */
// biome-ignore lint/complexity/noBannedTypes: pusher-js takes any function
type Callback = Function

interface Binding {
  readonly event: string
  readonly callback: Callback
  readonly context: unknown
}

/** The event emitter of pusher-js, but that a callback that throws keeps nobody else from being called. */
export class Emitter {
  #bindings: readonly Binding[] = []
  #globals: readonly Callback[] = []
  readonly #failed: (error: unknown) => void

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed
  }

  bind(event: string, callback: Callback, context?: unknown): this {
    this.#bindings = [...this.#bindings, { event, callback, context }]
    return this
  }

  /** Without arguments all named callbacks go; with some of them, those that match all that are given. */
  unbind(event?: string | null, callback?: Callback | null, context?: unknown): this {
    this.#bindings = this.#bindings.filter(
      (binding) =>
        (event && binding.event !== event) ||
        (callback && binding.callback !== callback) ||
        (context && binding.context !== context),
    )
    return this
  }

  bind_global(callback: Callback): this {
    this.#globals = [...this.#globals, callback]
    return this
  }

  unbind_global(callback?: Callback): this {
    this.#globals = callback ? this.#globals.filter((other) => other !== callback) : []
    return this
  }

  unbind_all(): this {
    return this.unbind().unbind_global()
  }

  emit(event: string, data?: unknown, metadata?: object): this {
    for (const callback of this.#globals) this.#call(callback, undefined, [event, data])
    const values = metadata ? [data, metadata] : data === undefined ? [] : [data]
    for (const binding of this.#bindings)
      if (binding.event === event) this.#call(binding.callback, binding.context, values)
    return this
  }

  /** Whether anybody would hear it. */
  protected hears(event: string): boolean {
    return this.#globals.length > 0 || this.#bindings.some((binding) => binding.event === event)
  }

  #call(callback: Callback, context: unknown, values: unknown[]): void {
    try {
      callback.apply(context ?? globalThis, values)
    } catch (error) {
      this.#failed(error)
    }
  }
}
