import type { Adapter } from './adapter.ts'
import type { Hub } from './hub.ts'

/** How many listen, on all nodes. */
export interface Census {
  of(channel: string): Promise<number>
  /** Of all channels whose name starts like this. */
  under(start: string): Promise<ReadonlyMap<string, number>>
}

interface Question {
  readonly name?: string
  readonly start?: string
}

const TOPIC = 'census'

export function createCensus(adapter: Adapter, hub: Hub): Census {
  hub.onAsked(TOPIC, (question) => {
    const { name, start = '' } = question as Question
    if (name !== undefined) return hub.count(name)
    return [...hub.channels()].filter(([channel]) => channel.startsWith(start))
  })

  const ask = (question: Question): Promise<readonly unknown[]> => adapter.ask(TOPIC, question)

  return {
    async of(name) {
      const counts = (await ask({ name })) as readonly number[]
      return counts.reduce((sum, count) => sum + count, 0)
    },
    async under(start) {
      const all = new Map<string, number>()
      for (const node of (await ask({ start })) as readonly (readonly (readonly [string, number])[])[])
        for (const [channel, count] of node) all.set(channel, (all.get(channel) ?? 0) + count)
      return all
    },
  }
}
