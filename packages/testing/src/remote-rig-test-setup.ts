import type { Frame, Transport } from '@org/realtime-core/kit'
import { fromJson, toJson } from './conformance/frame-json.ts'
import type { FarSession, TransportRig } from './conformance/transport-rig.ts'
import type { Sight } from './websocket-rig-test-setup.ts'

type FarEnd = Pick<TransportRig, 'answer' | 'accepted'>
type Question =
  | readonly ['answer', Parameters<TransportRig['answer']>[0]]
  | readonly ['send', session: number, frame: Frame]
  | readonly ['end', session: number, code: number, reason: string]
  | readonly ['drop' | 'halfOpen', session: number]

/** Does at the far end what a page has asked for. */
export async function answerRig({ answer, accepted }: FarEnd, text: string): Promise<string> {
  const question = JSON.parse(text).map(fromJson) as Question
  if (question[0] === 'answer') await answer(question[1])
  else {
    const [verb, number, ...values] = question
    const session = accepted[number] as FarSession
    await (session[verb] as (...values: unknown[]) => unknown)(...values)
  }
  return ''
}

/** The far end as the page sees it, which hears of everything a little later. */
export function mirrorRig(
  transport: Transport,
  url: string,
  ask: (question: string) => Promise<unknown>,
  stop: () => Promise<void>,
): TransportRig & { see(sight: Sight): void } {
  const tell = async (...question: Question): Promise<void> => {
    await ask(JSON.stringify(question.map(toJson)))
  }
  const accepted: (FarSession & { received: Frame[]; over: FarSession['over'] })[] = []
  return {
    transport,
    url,
    // What is no address elsewhere is one below that of the page.
    malformedUrl: 'ws://[',
    accepted,
    stop,
    answer: (how) => tell('answer', how),
    see([kind, number, what]) {
      const session = accepted[number]
      if (kind === 'frame') session?.received.push(what)
      else if (kind === 'over') Object.assign(session ?? {}, { over: what })
      else if (kind === 'accepted')
        accepted[number] = {
          received: [],
          over: undefined,
          send: (frame) => tell('send', number, frame),
          end: (code, reason) => tell('end', number, code, reason),
          drop: () => tell('drop', number),
          halfOpen: () => tell('halfOpen', number),
        }
    },
  }
}
