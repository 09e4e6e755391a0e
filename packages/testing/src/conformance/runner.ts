/** The functions of a test runner that the suites use: those of vitest, of node:test and of others will do. */
export interface Runner {
  describe(name: string, body: () => void): unknown
  it(name: string, body: () => Promise<void>): unknown
}

export interface SuiteOptions {
  /** Statements that do not hold here, by their names. A name that no statement has is refused. */
  readonly except?: readonly string[]
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
  const unknown = except.filter((name) => !statements.some((statement) => statement.name === name))
  if (unknown.length) throw new Error(`No statement is named: ${unknown.join('; ')}`)
  describe(title, () => {
    for (const statement of statements)
      if (!except.includes(statement.name)) it(statement.name, () => use(statement))
    for (const name of except) it(`is excepted from: ${name}`, async () => {})
  })
}
