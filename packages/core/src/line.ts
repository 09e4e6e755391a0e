import type { Cancel } from './clock.ts'
import type { RealtimeError } from './errors.ts'
import { isFinal, toLoss, withoutSecrets } from './failure.ts'
import { fault, toFault } from './fault.ts'
import { createHeartbeat, type Heart } from './heartbeat.ts'
import type { Line, LineOwner, LineReports, LineSetup, Past, Phase, Told } from './line-setup.ts'
import { ranges } from './options.ts'
import type { Link, LinkEvents, Ready, Verdict } from './protocol.ts'
import type { Frame, Session, SessionEnd } from './transport.ts'

const nowhere = (): void => {}

/** Starts a line. Whatever goes wrong is told once, as `failed`, and never from inside this call. */
export function createLine(setup: LineSetup, owner: LineOwner, reports: LineReports, past: Past): Line {
  const { clock, trace, protocol } = setup
  let phase: Phase = 'credentials'
  let session: Session | undefined
  let link: Link | undefined
  let heart: Heart | undefined
  let ready: Ready = {}
  let early: Ready | undefined
  let address = ''
  let url = ''
  /** Where messages go. It changes with the phase, so that no message has to look at that. */
  let deliver: LineReports['message'] = nowhere
  let cancel: Cancel = () => {}
  let gone = (): void => {}

  const isOver = (): boolean => phase === 'ended'

  const turn = (next: Phase): void => {
    phase = next
    deliver = next === 'ready' ? reports.message : nowhere
  }

  /** What a protocol throws outside of a frame or a publish must not get out of a timer or a transition. */
  const safely = <T>(run: () => T): T | undefined => {
    try {
      return run()
    } catch (error) {
      events.error(toFault(error, 'protocol.violation', { url }))
      return undefined
    }
  }

  /** Without a code the peer is taken for dead and not waited for. */
  const end = (code?: number): void => {
    if (isOver()) return
    turn('ended')
    cancel()
    heart?.leave()
    safely(() => link?.dispose?.())
    session?.close(code)
    gone()
  }

  const fail = (verdict: Verdict, error: RealtimeError, code?: number): void => {
    const isWanted = !isOver() && phase !== 'leaving'
    end(code)
    if (isWanted) owner.failed(line, { verdict, error })
  }

  /** Errors of a platform like to repeat the address, which may hold secrets. */
  const safe = (error: unknown): unknown =>
    address !== url && String(error).includes(address) ? undefined : error

  /** Wrong options and final refusals stop; whatever else a provider or a transport throws may pass. */
  const broken = (cause: unknown, code?: number): void => {
    const error = toFault(safe(cause), 'connection.lost', { url })
    fail(isFinal(error) ? 'stop' : 'retry', error, code)
  }

  const enter = (next: Phase, limitMs: number): void => {
    turn(next)
    trace({ type: 'phase', phase, url })
    cancel()
    cancel = clock.after(
      limitMs,
      () => fail('retry', fault('connection.timeout', { url }, undefined, next, limitMs)),
      true,
    )
  }

  const ended = (how: SessionEnd): void => {
    if (isOver()) return
    const failure = safely(() => link?.ended?.(how))
    if (failure) fail(failure.verdict, failure.error)
    else fail('retry', toLoss({ ...how, error: safe(how.error) }, phase, url))
  }

  const describe = (direction: 'in' | 'out', frame: Frame): void => {
    if (!trace.watched()) return
    const text = safely(() => protocol.describe?.(frame))
    trace({ type: 'frame', direction, bytes: frame.length, ...(text !== undefined && { text }) })
  }

  const received = (frame: Frame): void => {
    if (!link || isOver()) return
    heart?.heard()
    describe('in', frame)
    try {
      link.receive(frame)
    } catch (error) {
      events.error(toFault(error, 'message.malformed', {}))
    }
  }

  const guarded = <K extends keyof Told>(name: K): Told[K] =>
    ((...values: Parameters<Told[K]>) => {
      if (phase === 'ready')
        (reports[name] as (line: Line, ...values: Parameters<Told[K]>) => void)(line, ...values)
    }) as Told[K]

  const events: LinkEvents = {
    joined: guarded('joined'),
    refused: guarded('refused'),
    members: guarded('members'),
    gap: guarded('gap'),
    settled: guarded('settled'),
    message: (keys, event, payload, meta, decode) => deliver(line, keys, event, payload, meta, decode),
    error(error) {
      if (phase === 'handshaking' || phase === 'ready') reports.error(line, error)
    },
    ready(how) {
      if (phase !== 'handshaking') return
      if (!link) {
        // Still inside `open`: there is nobody yet to be asked anything.
        early = how
        return
      }
      cancel()
      turn('ready')
      ready = how
      const [receiveIdleMs] = ranges.heartbeat.receiveIdleMs
      heart = createHeartbeat(
        clock,
        link,
        { receiveIdleMs, ...how.heartbeat, ...setup.heartbeat },
        {
          show: (change) => owner.show(line, change),
          dead: () => fail('retry-now', fault('connection.stale', { url })),
        },
      )
      owner.ready(line)
    },
    pong: () => heart?.pong(),
    advice: (advice) => !isOver() && owner.advice(line, advice),
    fail: (verdict, error) => fail(verdict, error, 1000),
  }

  const opened = (credentials: unknown, subprotocol: string): void => {
    if (phase !== 'dialing') return
    enter('handshaking', setup.handshakeMs)
    link = protocol.open(
      {
        send(frame) {
          if (isOver()) return
          heart?.sent()
          describe('out', frame)
          try {
            session?.send(frame)
          } catch (error) {
            ended({ error })
          }
        },
        get bufferedBytes() {
          return line.bufferedBytes
        },
      },
      events,
      { credentials, clock, subprotocol, past },
    )
    if (early) events.ready(early)
    // It failed inside `open`, before there was a link to let go.
    if (isOver()) link.dispose?.()
  }

  const dial = async (): Promise<void> => {
    const [given, credentials] = await Promise.all([setup.url.get(), setup.credentials.get()])
    if (isOver()) return
    address = String(given)
    url = withoutSecrets(address)
    enter('dialing', setup.dialMs)
    owner.dialled()
    session = setup.transport(
      { url: address, subprotocols: protocol.subprotocols ?? [] },
      {
        open(subprotocol) {
          try {
            opened(credentials, subprotocol)
          } catch (error) {
            broken(error, 1000)
          }
        },
        frame: received,
        end: ended,
      },
    )
  }

  const line: Line = {
    get phase() {
      return phase
    },
    get link() {
      return link as Link
    },
    get ready() {
      return ready
    },
    get bufferedBytes() {
      return session?.bufferedBytes ?? 0
    },
    probe: (answerMs) => heart?.probe(answerMs),
    leave() {
      if (phase === 'ready') {
        // What goes wrong from here on is nobody's concern.
        turn('leaving')
        safely(() => link?.goodbye?.(0))
      }
      end(1000)
    },
    async bye(withinMs) {
      if (phase !== 'ready') return line.leave()
      turn('leaving')
      heart?.leave()
      const over = (): void => end(1000)
      cancel = clock.after(withinMs, over, true)
      const left = new Promise<void>((resolve) => {
        gone = resolve
      })
      new Promise<void>((said) => said(link?.goodbye?.(withinMs))).then(over, over)
      return left
    },
  }

  trace({ type: 'phase', phase })
  dial().catch((error) => broken(error))
  return line
}
