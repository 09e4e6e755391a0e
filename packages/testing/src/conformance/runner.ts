/** The functions of a test runner that the suites use: those of vitest, of node:test and of others will do. */
export interface Runner {
  describe(name: string, body: () => void): unknown
  it(name: string, body: () => Promise<void>): unknown
}

export interface SuiteOptions {
  /** Statements that do not hold here, by their names, or each with the reason. A name that no statement has is refused. */
  readonly except?: readonly string[] | Readonly<Record<string, string>>
}

export interface Statement<T> {
  readonly name: string
  readonly run: (subject: T) => Promise<void>
}

/** Registers one test per statement, and one that lists what is excepted, so that nobody overlooks it. */
export function runStatements<S extends Statement<never>>(
  title: string,
  statements: readonly S[],
  { describe, it }: Runner,
  { except = [] }: SuiteOptions,
  use: (statement: S) => Promise<void>,
): void {
  const reasons = new Map(
    Array.isArray(except)
      ? except.map((name) => [name, ''])
      : Object.entries(except).map(([name, why]) => [name, `: ${why}`]),
  )
  const unknown = [...reasons.keys()].filter(
    (name) => !statements.some((statement) => statement.name === name),
  )
  if (unknown.length) throw new Error(`No statement is named: ${unknown.join('; ')}`)
  describe(title, () => {
    for (const statement of statements)
      if (!reasons.has(statement.name)) it(statement.name, () => use(statement))
    for (const [name, why] of reasons) it(`is excepted from: ${name}${why}`, async () => {})
  })
}
