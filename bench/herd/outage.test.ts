import { expect, it } from 'vitest'
import { measure, SERVER_BACK_MS } from './outage.ts'

it('measure() counts each client once per window, wherever the window starts', () => {
  const dials = [
    [0, 50, SERVER_BACK_MS + 150],
    [99, SERVER_BACK_MS + 249],
    [100, SERVER_BACK_MS + 251],
    [200],
  ]
  expect(measure(dials)).toEqual({
    onsetPeak: 3 / 4,
    returnPeak: 2 / 4,
    reconnectMs: [150, 249, 251],
    dialsPerClient: 8 / 4,
    gaveUp: 1,
  })
})
