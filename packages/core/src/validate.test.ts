import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { event } from './registry.ts'
import { type Checked, type Schema, validate } from './validate.ts'

const schemaOf = (check: () => unknown): Schema => ({
  '~standard': { version: 1, vendor: 'test', validate: check as () => Checked },
})

describe('validate', () => {
  it.each<[string, Schema]>([
    ['zod', z.object({ seats: z.number() })],
    ['valibot', v.object({ seats: v.number() })],
    ['arktype', type({ seats: 'number' })],
  ])('answers at once with a schema of %s', (_library, schema) => {
    expect(validate(schema, { seats: 1 })).toMatchObject({ value: { seats: 1 } })
    const { issues } = validate(schema, { seats: 'many' }) as Checked
    expect(issues?.map(({ message }) => typeof message)).toEqual(['string'])
  })

  it('gives the value as the schema converts it', () => {
    expect(validate(z.string().transform(Number), '7')).toEqual({ value: 7 })
  })

  it('passes anything through event()', () => {
    const payload = { any: Symbol('thing') }
    expect((validate(event(), payload) as { value: unknown }).value).toBe(payload)
  })

  it('waits for a schema that takes its time', async () => {
    const schema = z.string().refine(async (text) => text !== 'late')
    const [whole, broken] = [validate(schema, 'text'), validate(schema, 'late')]
    expect([whole instanceof Promise, await whole]).toEqual([true, { value: 'text' }])
    expect((await broken).issues).toHaveLength(1)
  })

  it('makes a promise of any thenable', async () => {
    const checked = validate(
      // biome-ignore lint/suspicious/noThenProperty: that is what a thenable is
      schemaOf(() => ({ then: (resolve: (checked: Checked) => void) => resolve({ value: 1 }) })),
      1,
    )
    expect([checked instanceof Promise, await checked]).toEqual([true, { value: 1 }])
  })

  it('makes an issue of what a schema throws', () => {
    const thrown = (error: unknown): unknown =>
      validate(
        schemaOf(() => {
          throw error
        }),
        1,
      )
    expect(thrown(new Error('out of order'))).toEqual({ issues: [{ message: 'out of order' }] })
    for (const error of [undefined, null, 'text', Symbol('text'), Object.create(null)])
      expect(thrown(error)).toEqual({ issues: [{ message: 'Schema threw' }] })
  })

  it('makes an issue of a rejection', async () => {
    expect(
      await validate(
        schemaOf(() => Promise.reject(new Error('later'))),
        1,
      ),
    ).toEqual({ issues: [{ message: 'later' }] })
  })

  it('makes an issue of an answer that is none', async () => {
    for (const answer of [undefined, null, true, 'fine', Promise.resolve(undefined)])
      expect(
        (
          await validate(
            schemaOf(() => answer),
            1,
          )
        ).issues,
      ).toHaveLength(1)
  })

  it('makes an issue of what is no schema', () => {
    expect(validate({} as Schema, 1).valueOf()).toHaveProperty('issues')
  })
})
