import type { Provided } from './credentials.ts'
import type { Line } from './line-setup.ts'
import type { Report } from './listeners.ts'

interface RenewalSetup {
  readonly url: Provided<string>
  readonly credentials: Provided<unknown>
  readonly report: Report
}

export interface Renewal {
  /** A call that is under way is nobody's from here on, and its time limit is off. */
  drop(): void
  /** Gives a live line new credentials in band. Results of older calls are nobody's. */
  refresh(line: Line): void
}

/** Keeps address and credentials fresh, whoever asks for it how often. */
export function createRenewal({ url, credentials, report }: RenewalSetup): Renewal {
  let newest: Promise<unknown> | undefined
  return {
    drop() {
      url.renew()
      credentials.renew()
    },
    refresh(line) {
      const flight = credentials.get()
      if (flight === newest) return
      newest = flight
      flight
        .then((fresh) => {
          if (newest === flight && line.phase === 'ready') line.link.refresh?.(fresh)
        })
        .catch(report)
    },
  }
}
