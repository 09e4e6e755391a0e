/**
 * What any validation library hands out that follows Standard Schema 1 (https://standardschema.dev).
 * Declared here in the part that is used, so that our types depend on no package.
 */
export interface Schema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => Checked<Output> | Promise<Checked<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

/** What a schema gives out. */
export type Output<S> = S extends Schema<unknown, infer O> ? O : never

/** What a schema takes: for one that converts, not what it gives out. */
export type Input<S> = S extends Schema<infer I, unknown> ? I : never

/** One thing that is wrong with a value, and where. */
export interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** The value as its schema gives it out, or what is wrong with it. */
export type Checked<Output = unknown> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] }

/**
 * Asks a schema about a value. Answers at once when the schema does, and never throws or rejects: a
 * schema that fails is an issue like any other.
 */
export function validate(schema: Schema, value: unknown): Checked | Promise<Checked> {
  try {
    const checked = schema['~standard'].validate(value)
    return 'then' in checked ? Promise.resolve(checked).then(toChecked).catch(toIssues) : toChecked(checked)
  } catch (error) {
    return toIssues(error)
  }
}

/** Throws when there is nothing to read, so that no other place has to look. */
const toChecked = (checked: Checked): Checked => (checked.issues ? { issues: checked.issues } : checked)

const toIssues = (error: unknown): Checked => ({
  issues: [{ message: error instanceof Error ? error.message : 'Schema threw' }],
})
