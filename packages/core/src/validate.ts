/** A Standard Schema (zod, valibot, arktype, ...), as far as it is used here. */
export interface Schema<I = unknown, O = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => Result | Promise<Result>
    readonly types?: { readonly input: I; readonly output: O } | undefined
  }
}

export interface Issue {
  readonly message: string
  readonly path?: readonly unknown[] | undefined
}

type Result = { readonly value: unknown; readonly issues?: undefined } | { readonly issues: readonly Issue[] }

export type Checked = Result

/** Runs a schema. One that throws has found an issue: it never gets out as an exception. */
export function validate(schema: Schema, value: unknown): Checked | Promise<Checked> {
  try {
    const checked = schema['~standard'].validate(value)
    return checked instanceof Promise ? checked.catch(toIssues) : checked
  } catch (error) {
    return toIssues(error)
  }
}

const toIssues = (error: unknown): Checked => ({ issues: [{ message: String(error) }] })
