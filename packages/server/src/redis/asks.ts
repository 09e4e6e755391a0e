import type { AdapterEvents, Message } from '../adapter.ts'
import type { Clock } from '../clock.ts'
import { createCounter } from '../ids.ts'
import { decodeMessage, encodeMessage } from './format.ts'
import type { Keys } from './keys.ts'
import { tellScript } from './node-scripts.ts'
import type { Nodes } from './nodes.ts'
import type { RedisLink } from './redis-link.ts'
import { toAway } from './redis-session.ts'

interface AsksNeeds {
  readonly link: RedisLink
  readonly keys: Keys
  readonly nodes: Nodes
  readonly clock: Clock
  readonly timeoutMs: number
  readonly isCluster: boolean
  readonly events: AdapterEvents
  readonly crash: (error: unknown, where: string) => void
}

type Question =
  | { readonly kind: 'direct'; readonly client: string }
  | { readonly kind: 'topic'; readonly topic: string; readonly question?: unknown }

type Asked = Question & { readonly id: string; readonly from: string }

interface Answer {
  readonly id: string
  readonly answer?: unknown
}

interface Waiting {
  take(answer: unknown): void
  fail(error: Error): void
}

/** Answers of the other nodes, and whether that is all of them. */
interface Answers {
  readonly answers: readonly unknown[]
  readonly isWhole: boolean
}

const NEWLINE = 0x0a

/** Questions to all other nodes. */
export class Asks {
  readonly #needs: AsksNeeds
  readonly #waiting = new Map<string, Waiting>()
  readonly #nextId = createCounter()

  constructor(needs: AsksNeeds) {
    this.#needs = needs
  }

  async ask(topic: string, question: unknown): Promise<readonly unknown[]> {
    const own = await this.#needs.events.asked(topic, question)
    if (!this.#needs.link.session) return [own]
    const { answers } = await this.#ask({ kind: 'topic', topic, question })
    return [own, ...answers]
  }

  async direct(client: string, message: Message): Promise<boolean> {
    if (this.#needs.events.direct(client, message)) return true
    const found = (answers: readonly unknown[]): boolean => answers.includes(true)
    const { answers, isWhole } = await this.#ask({ kind: 'direct', client }, encodeMessage(message), found)
    if (!found(answers) && !isWhole) throw toAway('a node did not answer')
    return found(answers)
  }

  /** What came at the name of all nodes. */
  asked(bytes: Buffer): void {
    const end = bytes.indexOf(NEWLINE)
    const asked = JSON.parse(bytes.toString('utf8', 0, end)) as Asked
    if (asked.from === this.#needs.nodes.own) return
    this.#reply(asked, bytes.subarray(end + 1)).catch((error: unknown) =>
      this.#needs.crash(error, 'asked by another node'),
    )
  }

  /** What came at the name of this node. */
  answered(bytes: Buffer): void {
    const { id, answer } = JSON.parse(bytes.toString()) as Answer
    this.#waiting.get(id)?.take(answer)
  }

  away(reason: string): void {
    for (const waiting of [...this.#waiting.values()]) waiting.fail(toAway(reason))
  }

  async #reply(asked: Asked, rest: Buffer): Promise<void> {
    const { link, keys, events } = this.#needs
    const answer =
      asked.kind === 'direct'
        ? events.direct(asked.client, decodeMessage(rest))
        : await events.asked(asked.topic, asked.question)
    const told: Answer = { id: asked.id, answer }
    if (link.session) await link.call(tellScript, [], [keys.inbox(asked.from), JSON.stringify(told)])
  }

  #ask(
    question: Question,
    rest: Buffer = Buffer.alloc(0),
    isEnough = (_: readonly unknown[]) => false,
  ): Promise<Answers> {
    const { link, keys, nodes, clock, timeoutMs, isCluster } = this.#needs
    const asked: Asked = { ...question, id: this.#nextId(), from: nodes.own }
    const answers: unknown[] = []
    let expected = Infinity
    return new Promise<Answers>((resolve, reject) => {
      const settle = (finish: () => void): void => {
        cancel()
        this.#waiting.delete(asked.id)
        finish()
      }
      const look = (): void => {
        const isWhole = answers.length >= expected
        if (isWhole || isEnough(answers)) settle(() => resolve({ answers, isWhole }))
      }
      const cancel = clock.after(timeoutMs, () => settle(() => resolve({ answers, isWhole: false })))
      const fail = (error: Error): void => settle(() => reject(error))
      this.#waiting.set(asked.id, {
        take(answer) {
          answers.push(answer)
          look()
        },
        fail,
      })
      const body = Buffer.concat([Buffer.from(`${JSON.stringify(asked)}\n`), rest])
      const told = link.call(tellScript, [], [keys.all, body])
      // This one hears it too. A node of a cluster knows only who listens to it.
      const counted = isCluster
        ? told.then(() => nodes.countOthers())
        : told.then((heard) => Number(heard) - 1)
      counted.then((count) => {
        expected = count
        look()
      }, fail)
    })
  }
}
