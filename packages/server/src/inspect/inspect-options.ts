/** `/_inspect`: connections, channels, members, rates and frames, live on a page. */
export interface InspectOptions {
  /**
   * Opens it to whoever knows this, from anywhere and in production; at least 16 characters. Use it over `https:`.
   * @default none, so that it is open in development to this machine alone
   */
  readonly token?: string
}
