import type { IncomingMessage, ServerResponse } from 'node:http'
import { ServerError } from '../errors.ts'
import { HttpProblem, readJsonObject, sendJson } from '../json-http.ts'
import type { Route } from '../route.ts'
import type { Verbs } from '../verbs.ts'
import { createAdmission } from './admission.ts'
import { ControlFaults } from './control-faults.ts'
import type { ControlOptions } from './control-options.ts'
import { type ControlVerb, createControlVerbs } from './control-verbs.ts'

const ROOT = '/_control'
const MOST_BYTES = 65_536

/** The pages of `/_control`: JSON in, JSON out. */
export function createControlRoutes(options: ControlOptions, verbs: Verbs): readonly Route[] {
  const admit = createAdmission(options)
  const table = createControlVerbs({ verbs, faults: new ControlFaults(verbs.faults) })
  const names = Object.keys(table)
  const paths = new Map<string, Map<string, ControlVerb>>([
    ['', new Map([['GET', () => ({ verbs: names })]])],
  ])
  for (const [name, verb] of Object.entries(table)) {
    const [method = '', path = ''] = name.split(' ')
    paths.set(path, (paths.get(path) ?? new Map()).set(method, verb))
  }
  return [...paths].map(([path, byMethod]) => ({
    path: `${ROOT}${path}`,
    methods: [...byMethod.keys(), 'OPTIONS'],
    handle: (request, reply, params) =>
      answer(request, reply, admit, (body) => byMethod.get(methodOf(request))?.(body, params)),
  }))
}

async function answer(
  request: IncomingMessage,
  reply: ServerResponse,
  admit: ReturnType<typeof createAdmission>,
  run: (body: Readonly<Record<string, unknown>>) => unknown,
): Promise<void> {
  try {
    if (admit(request, reply)) return
    const body = request.method === 'POST' ? await readJsonObject(request, MOST_BYTES) : {}
    sendJson(reply, 200, (await run(body)) ?? { ok: true })
  } catch (error) {
    const problem = toProblem(error)
    const { code, message } = problem
    sendJson(reply, problem.status, { error: { code, message } })
  }
}

const methodOf = ({ method = '' }: IncomingMessage): string => (method === 'HEAD' ? 'GET' : method)

/** What the caller did wrong; anything else is a fault of the server, for whoever hears of those. */
function toProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error
  if (ServerError.is(error)) return new HttpProblem(400, error.code, error.message)
  throw error
}
