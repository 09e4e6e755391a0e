/** `/metrics`: counts and rates for Prometheus, as text or as JSON. */
export interface MetricsOptions {
  /**
   * Opens it to whoever knows this, from anywhere and in production; at least 16 characters.
   * @default none, so that it is open in development to this machine alone
   */
  readonly token?: string
}
