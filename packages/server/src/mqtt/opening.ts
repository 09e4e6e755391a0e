import type { User } from '../authenticate.ts'
import type { Attached, Session } from './session.ts'

/** What a client asks of its session. */
export interface Opening {
  readonly client: string
  readonly user: User
  readonly clean: boolean
  readonly attached: Attached
}

export type Opened = { readonly session: Session; readonly isPresent: boolean } | { readonly refuse: number }
