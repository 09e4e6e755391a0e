import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matches } from './matches-test-setup.ts'
import { createTopicTrie } from './topic-trie.ts'

const level = fc.constantFrom('', 'a', 'b', '$x', 'ä')
const topic = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'))
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 4 }), fc.boolean())
  .map(([levels, isOpen]) => (isOpen || !levels.length ? [...levels, '#'] : levels).join('/'))

describe('topic trie', () => {
  it('finds what a filter means level by level, whatever was added and removed before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(filter, fc.boolean()), { maxLength: 12 }),
        fc.array(topic, { maxLength: 5 }),
        (steps, topics) => {
          const trie = createTopicTrie()
          const kept: { filter: string; key: string }[] = []
          for (const [index, [filter, isRemoved]] of steps.entries()) {
            const entry = { filter, key: `${index}` }
            trie.add(filter, entry.key)
            for (const each of topics) trie.match(each)
            if (isRemoved) trie.remove(filter, entry.key)
            else kept.push(entry)
          }
          for (const each of topics)
            expect([...trie.match(each)].sort()).toEqual(
              kept
                .filter(({ filter }) => matches(filter, each))
                .map(({ key }) => key)
                .sort(),
            )
        },
      ),
      { numRuns: 500 },
    )
  })

  it('[MQTT-4.7.1-2] lets # mean the level above it too', () => {
    const trie = createTopicTrie()
    trie.add('finance/#', 'any')
    trie.add('finance/+', 'one')
    expect([trie.match('finance'), trie.match('finance/a'), trie.match('finance/a/b')]).toEqual([
      ['any'],
      ['any', 'one'],
      ['any'],
    ])
  })
})
