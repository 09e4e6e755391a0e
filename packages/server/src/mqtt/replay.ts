import type { Stored } from '../adapter.ts'
import type { Clock } from '../clock.ts'
import { decodeNews } from './news.ts'
import { Routes } from './routes.ts'
import type { Session } from './session.ts'

/** What a session has missed. Who got what of a shared subscription is not known any more. */
export function replay(session: Session, missed: readonly Stored[], clock: Clock): void {
  const routes = new Routes(clock)
  for (const subscription of [...session.filters.values()]) routes.add(subscription)
  for (const stored of missed) {
    const news = decodeNews(stored, clock)
    if (news?.kind === 'publish') routes.route(news.message, () => false)
  }
}
