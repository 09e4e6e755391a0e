import { fromJson, toJson } from './frame-json.ts'
import type { LiveServer } from './live-server.ts'

type Verb = keyof LiveServer
type Call = (...values: unknown[]) => Promise<unknown>

/**
 * What a far end in another process says to the questions of `remoteServer`. A question and its answer are text:
 * the body of an HTTP request and of its response, for example.
 */
export function answerRemotely(server: LiveServer): (question: string) => Promise<string> {
  return async (question) => {
    const [verb, ...values] = JSON.parse(question) as [Verb | 'verbs', ...unknown[]]
    if (verb === 'verbs') return JSON.stringify({ result: Object.keys(server) })
    if (!Object.hasOwn(server, verb)) return JSON.stringify({ error: `The far end has no verb ${verb}` })
    try {
      return JSON.stringify({ result: await (server[verb] as Call)(...values.map(fromJson)) })
    } catch (error) {
      return JSON.stringify({ error: String(error) })
    }
  }
}

/**
 * A far end in another process, for tests that run in a browser. `ask` brings a question to `answerRemotely` there,
 * and its answer back.
 */
export async function remoteServer(ask: (question: string) => Promise<string>): Promise<LiveServer> {
  const call = async (verb: Verb | 'verbs', ...values: unknown[]): Promise<unknown> => {
    const { result, error } = JSON.parse(await ask(JSON.stringify([verb, ...values.map(toJson)])))
    if (error !== undefined) throw new Error(error)
    return result
  }
  const verbs = (await call('verbs')) as Verb[]
  const calls = verbs.map((verb) => [verb, (...values: unknown[]) => call(verb, ...values)])
  return Object.fromEntries(calls) as LiveServer
}
