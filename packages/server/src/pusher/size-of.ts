/** A limit as refusals say it: in the words of soketi where it is whole. */
export const sizeOf = (bytes: number): string =>
  bytes % 1024 === 0 ? `${bytes / 1024} KB` : `${bytes} bytes`
