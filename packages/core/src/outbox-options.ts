export interface OutboxOptions {
  /** How many messages may wait. @default 256 */
  readonly messages?: number
  /** How many bytes may wait. @default 1048576 */
  readonly bytes?: number
  /** How long a message may wait or be unanswered, unless its delivery says otherwise. @default 30000 */
  readonly ttlMs?: number
  /**
   * What gives way when it is full: `reject` and `drop-newest` the new message (as an error, as a
   * receipt), `drop-oldest` the oldest; `coalesce` lets a message replace one of the same channel and event.
   * @default 'reject'
   */
  readonly overflow?: 'reject' | 'drop-newest' | 'drop-oldest' | 'coalesce'
  /** Nothing is sent while more than this is waiting in the socket. @default 1048576 */
  readonly highWaterBytes?: number
  /** Sending goes on below this. @default 262144 */
  readonly lowWaterBytes?: number
}
