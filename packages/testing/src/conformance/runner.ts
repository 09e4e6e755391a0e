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
export function runStatements<T>(
  title: string,
  statements: readonly Statement<T>[],
  { describe, it }: Runner,
  { except = [] }: SuiteOptions,
  use: (run: (subject: T) => Promise<void>) => Promise<void>,
): void {
  const unknown = except.filter((name) => !statements.some((statement) => statement.name === name))
  if (unknown.length) throw new Error(`No statement is named: ${unknown.join('; ')}`)
  describe(title, () => {
    for (const { name, run } of statements) if (!except.includes(name)) it(name, () => use(run))
    for (const name of except) it(`is excepted from: ${name}`, async () => {})
  })
}
