export interface Example {
  readonly name: string
  readonly title: string
  readonly line: string
  /** What a visitor may do. */
  readonly hint: string
}

/** The pages, in the order in which they are shown. */
export const examples: readonly Example[] = [
  {
    name: 'gallery',
    title: 'Break the line',
    line: 'One client, every fault: dropped lines, silence, refused channels, lost history.',
    hint: 'It has more buttons of its own.',
  },
]
