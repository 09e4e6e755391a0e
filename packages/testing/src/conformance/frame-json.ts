/** How bytes look in JSON. */
interface Bytes {
  readonly bytes: readonly number[]
}

/** A value as JSON can carry it, if it is bytes. */
export const toJson = (value: unknown): unknown =>
  value instanceof Uint8Array ? ({ bytes: [...value] } satisfies Bytes) : value

export const fromJson = (value: unknown): unknown => (isBytes(value) ? Uint8Array.from(value.bytes) : value)

const isBytes = (value: unknown): value is Bytes =>
  typeof value === 'object' && value !== null && 'bytes' in value
