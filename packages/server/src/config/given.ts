import { didYouMean } from './did-you-mean.ts'
import { adviseForeign } from './foreign-names.ts'
import type { OptionRow, Value } from './option-row.ts'
import { optionTable } from './option-table.ts'
import { parseValue } from './parse-value.ts'
import type { ConfigProblem, Source } from './problem.ts'

/** A value that somebody gave. */
export interface Given {
  readonly row: OptionRow
  readonly value: Value
  readonly source: Source
}

/** What one source says, and what is wrong with it. */
export interface Reading {
  readonly given: readonly Given[]
  readonly problems: readonly ConfigProblem[]
  /** Worth to be known. */
  readonly notes?: readonly string[]
}

const names = optionTable.map(({ name }) => name)

/** The option of that name; the name of a group stands for whether it is there. */
export function findRow(name: string): OptionRow | undefined {
  return (
    optionTable.find((row) => row.name === name) ?? optionTable.find((row) => row.name === `${name}.enabled`)
  )
}

export function isGroup(name: string): boolean {
  return names.some((known) => known.startsWith(`${name}.`))
}

export function readGiven(row: OptionRow, given: unknown, form: 'json' | 'text', source: Source): Reading {
  const parsed = parseValue(row, given, form)
  if ('value' in parsed) return { given: [{ row, value: parsed.value, source }], problems: [] }
  return toProblem(row.name, source, parsed.wrong)
}

export function toUnknown(
  name: string,
  source: Source,
  show: (name: string) => string = (own) => own,
): Reading {
  const last = name.slice(name.lastIndexOf('.') + 1)
  const advice = adviseForeign(name) ?? adviseForeign(last)
  const meant = advice === undefined ? didYouMean(name, names) : undefined
  const hint = advice ?? (meant === undefined ? undefined : `did you mean \`${show(meant)}\`?`)
  return toProblem(name, source, `is no option${hint === undefined ? '' : `: ${hint}`}`)
}

export function toProblem(option: string, { label }: Source, message: string): Reading {
  return { given: [], problems: [{ option, source: label, message }] }
}

export function joinReadings(readings: readonly Reading[]): Required<Reading> {
  return {
    given: readings.flatMap(({ given }) => given),
    problems: readings.flatMap(({ problems }) => problems),
    notes: readings.flatMap(({ notes = [] }) => notes),
  }
}
