/** `/_control`: faults over HTTP, for pages of demos, the inspector and tests in other languages. */
export interface ControlOptions {
  /** What every request has to carry as `Authorization: Bearer ...`; at least 16 characters. */
  readonly token: string
  /** Pages of other origins that may use it, such as `http://localhost:5173`. @default none */
  readonly origins?: readonly string[]
}
