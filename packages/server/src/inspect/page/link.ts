import type { InspectLine } from '../report.ts'
import { type Api, Refusal } from './api.ts'

/** How the page stands with its server. */
export type LinkStatus = 'connecting' | 'live' | 'lost' | 'locked' | 'refused'

export interface Link {
  /** Starts anew, with what is set by then. */
  restart(): void
}

export interface LinkNeeds {
  readonly api: Api
  readonly payloads: () => boolean
  readonly tell: (lines: InspectLine[]) => void
  readonly show: (status: LinkStatus, message: string) => void
}

const RETRY_MS = 1500

/** Keeps the stream of the server flowing, through restarts of the server. */
export function createLink({ api, payloads, tell, show }: LinkNeeds): Link {
  let current = new AbortController()

  const run = async (controller: AbortController): Promise<void> => {
    const { signal } = controller
    try {
      await api.stream(payloads(), signal, (lines) => {
        show('live', '')
        tell(lines)
      })
      if (!signal.aborted) again(controller, 'The server has ended.')
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof Refusal && error.status === 401) return show('locked', error.message)
      if (error instanceof Refusal && error.status < 500) return show('refused', error.message)
      again(controller, error instanceof Refusal ? error.message : 'The server does not answer.')
    }
  }

  const again = (controller: AbortController, message: string): void => {
    show('lost', message)
    setTimeout(() => {
      if (!controller.signal.aborted) void run(controller)
    }, RETRY_MS)
  }

  const restart = (): void => {
    current.abort()
    current = new AbortController()
    void run(current)
  }
  show('connecting', '')
  restart()
  return { restart }
}
