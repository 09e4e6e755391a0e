import type { Ack, Publish, Qos } from '@org/realtime-mqtt/codec'
import { type Decision, isDenial } from '../authorize.ts'
import { Pace } from '../pace.ts'
import type { Broker } from './broker.ts'
import { Message } from './message.ts'
import type { OpenConnection } from './open-connection.ts'
import { countRefusal, reasons, toDenialReason } from './reasons.ts'
import { isPublic } from './topic-tree.ts'
import { Violation } from './violation.ts'

/** What is not taken yet may take so many bytes, before its client is held back. */
const MOST_UNTAKEN_BYTES = 1_048_576
const OVERHEAD_BYTES = 1000

/** What one connection publishes. */
export class Incoming {
  readonly #broker: Broker
  readonly #open: OpenConnection
  readonly #aliases = new Map<number, string>()
  /** How fast publishes are read, and filters. */
  readonly publishPace: Pace
  readonly filterPace: Pace
  /** What comes after all answers so far; undefined while there is nothing to wait for. */
  #answered: Promise<void> | undefined
  #untakenBytes = 0

  constructor(broker: Broker, open: OpenConnection) {
    this.#broker = broker
    this.#open = open
    const { options, clock } = broker.context
    this.publishPace = new Pace(broker.settings, clock)
    this.filterPace = new Pace(options.subscribeRate, clock)
  }

  /** Later when a rule or a store takes its time. */
  publish(packet: Publish): void | Promise<void> {
    const topic = this.#topicOf(packet)
    const { qos, retain, id } = packet
    const { maximumQos, retainAvailable, receiveMaximum } = this.#broker.settings
    if (qos > maximumQos) throw new Violation(reasons.noQos, `QoS is at most ${maximumQos}`)
    if (retain && !retainAvailable) throw new Violation(reasons.noRetain, 'Nothing can be retained')
    const { session } = this.#open
    const isRepeat = qos === 2 && session.received.has(id)
    this.#note(packet, topic, isRepeat)
    if (isRepeat) return this.#answer(packet, 0)
    // Older clients cannot know of it.
    if (qos === 2 && this.#open.level === 5 && session.received.size >= receiveMaximum)
      throw new Violation(reasons.receiveMaximum, `More than ${receiveMaximum} publishes are unanswered`)
    if (!isPublic(topic)) return this.#answer(packet, reasons.badTopic)
    const result = this.#decide(topic)
    const finish = (decision: Decision): void | Promise<void> => this.#finish({ ...packet, topic }, decision)
    return result instanceof Promise ? result.then(finish) : finish(result)
  }

  /** When all that was published so far is taken. */
  get taken(): Promise<void> | undefined {
    return this.#answered
  }

  /** The connection is over. */
  stop(): void {
    this.publishPace.stop()
    this.filterPace.stop()
  }

  /** The other half of QoS 2. */
  release({ id }: Ack): void {
    this.#open.session.forget(id)
    // After a cut it comes again, which is no error: clients take 0x92 for one.
    this.#open.send({ type: 'pubcomp', id, code: 0 })
  }

  /** What it stands for by now. */
  topicOfAlias(alias: number): string | undefined {
    return this.#aliases.get(alias)
  }

  #topicOf({ topic, properties }: Publish): string {
    const alias = properties?.topicAlias
    if (alias === undefined) return topic
    if (alias > this.#broker.settings.topicAliases)
      throw new Violation(reasons.badAlias, `Topic alias is above ${this.#broker.settings.topicAliases}`)
    const known = topic || this.#aliases.get(alias)
    if (!known) throw new Violation(reasons.protocolError, `Topic alias ${alias} stands for nothing`)
    this.#aliases.set(alias, known)
    return known
  }

  #decide(channel: string): Decision | Promise<Decision> {
    const rule = this.#open.strike('publish', channel)?.rule
    if (rule) return { refuse: rule.code ?? 'forbidden' }
    const { client, user } = this.#open.session
    return this.#broker.context.rules.decide(user, { channel, client, want: 'publish' })
  }

  #finish(packet: Publish, decision: Decision): void | Promise<void> {
    if (isDenial(decision)) return this.#answer(packet, toDenialReason(decision))
    if (!decision.publish) return this.#answer(packet, reasons.notAuthorized)
    const { clock } = this.#broker.context
    const message = new Message(packet, this.#open.session.client, clock.now())
    const taken = this.#broker.publish(message, this.#open, packet.id)
    if (taken instanceof Promise) return this.#wait(packet, taken)
    this.#answer(packet, taken ? 0 : reasons.quota)
  }

  /** What comes next is read meanwhile, up to a bound. */
  #wait({ qos, id, payload }: Publish, taken: Promise<boolean>): void | Promise<void> {
    const bytes = OVERHEAD_BYTES + payload.length
    this.#untakenBytes += bytes
    const answered = this.#answerLater(async () => {
      const isTaken = await taken
      this.#untakenBytes -= bytes
      // Its client sends it again by another connection.
      if (isTaken || !this.#open.isOver) this.#say(qos, id, isTaken ? 0 : reasons.quota)
    })
    if (this.#untakenBytes > MOST_UNTAKEN_BYTES) return answered
  }

  #answer({ qos, id }: Publish, code: number): void {
    if (this.#answered) void this.#answerLater(async () => this.#say(qos, id, code))
    else this.#say(qos, id, code)
  }

  /** Answers keep the order of what they answer. */
  #answerLater(answer: () => Promise<void>): Promise<void> {
    const answered = Promise.resolve(this.#answered)
      .then(answer)
      .catch((error: unknown) => this.#open.broken(error))
      .finally(() => {
        if (this.#answered === answered) this.#answered = undefined
      })
    this.#answered = answered
    return answered
  }

  /** Before MQTT 5 there is no word for a refusal: it is acknowledged, and goes nowhere. */
  #say(qos: Qos, id: number, code: number): void {
    if (code >= 0x80) countRefusal(this.#broker.context.tally, 'publish', code)
    if (!qos) return
    if (qos === 2 && code >= 0x80) this.#open.session.forget(id)
    if (qos === 2 && (code < 0x80 || this.#open.level < 5)) this.#open.session.received.add(id)
    this.#open.send({ type: qos === 1 ? 'puback' : 'pubrec', id, code })
  }

  #note({ id, qos, dup, payload }: Publish, topic: string, isRepeat: boolean): void {
    const { recorder } = this.#broker.context.faults
    const { session, wire } = this.#open
    if (recorder.isIdle) return
    const serial = qos ? session.serialOf(id, isRepeat || dup) : undefined
    recorder.note(wire.id, topic, {
      event: 'message',
      payload: payload.slice(),
      from: session.client,
      ...(serial !== undefined && { id: serial }),
    })
  }
}
