import { createTestClient } from '@org/realtime-testing'
import { expect, it, onTestFinished } from 'vitest'
import { defineInspector, mountInspector } from './index.ts'

it('does nothing where there is no page', () => {
  const { client } = createTestClient({ atEnd: onTestFinished })
  expect(() => defineInspector()).not.toThrow()
  expect(() => mountInspector(client, { open: true })()).not.toThrow()
})
