import type { Route } from '../route.ts'
import type { Tally } from '../tally.ts'

/** The same pages, and every answer of theirs is counted. */
export const countRequests = (routes: readonly Route[], tally: Tally): readonly Route[] =>
  routes.map((route) => ({
    ...route,
    handle(request, reply, params) {
      reply.once('finish', () =>
        tally.count('requests', { route: route.path, status: `${reply.statusCode}` }),
      )
      return route.handle(request, reply, params)
    },
  }))
