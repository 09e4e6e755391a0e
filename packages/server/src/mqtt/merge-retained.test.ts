import { describe, expect, it } from 'vitest'
import { mergeRetained } from './merge-retained.ts'
import { Message } from './message.ts'
import { bytes } from './mqtt-test-setup.ts'

/** `topic epoch off`. */
function toMessage(text: string): Message {
  const [topic = '', epoch = '', off] = text.split(' ')
  const message = new Message({ topic, payload: bytes(text), qos: 1, retain: true }, undefined, 0)
  message.place = { epoch, off: Number(off) }
  return message
}

const toText = ({ topic, place }: Message): string => `${topic} ${place?.epoch} ${place?.off}`

function merge(own: readonly string[], kept: readonly string[], epoch: string) {
  const complete = { epoch: 'e1', off: 9 }
  const merged = mergeRetained({
    own: own.map(toMessage),
    kept: kept.map(toMessage),
    complete,
    epoch,
  })
  return {
    retained: merged.retained.map(toText).sort(),
    corrections: merged.corrections.map(({ message, isRemoval }) => [toText(message), isRemoval]),
  }
}

describe('mergeRetained', () => {
  it('takes what Redis has, while that counts as before', () => {
    const merged = merge(['a e1 1', 'b e1 2'], ['b e1 12', 'c e1 13'], 'e1')
    expect(merged).toEqual({ retained: ['b e1 12', 'c e1 13'], corrections: [] })
  })

  it('gives a Redis that counts anew what it has lost, and takes away what was removed', () => {
    const merged = merge(['lost e1 8', 'old e1 9', 'same e1 1'], ['old e1 2', 'same e1 1', 'gone e1 3'], 'e2')
    expect(merged.retained).toEqual(['lost e1 8', 'old e1 9', 'same e1 1'])
    expect(merged.corrections).toEqual([
      ['lost e1 8', false],
      ['old e1 9', false],
      ['gone e1 3', true],
    ])
  })

  it('takes what is newer than what this node has heard', () => {
    const merged = merge(['a e1 8', 'b e1 9'], ['a e1 10', 'b e2 1', 'c e2 2'], 'e2')
    expect(merged).toEqual({ retained: ['a e1 10', 'b e2 1', 'c e2 2'], corrections: [] })
  })
})
