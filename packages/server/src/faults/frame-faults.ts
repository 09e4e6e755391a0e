import type { Direction, Frame, FrameKind, Spoiling } from '../wire.ts'
import type { Armed, Happening } from './armed.ts'
import type { FaultBoard } from './board.ts'
import { FrameLane } from './frame-lane.ts'
import type { ConnectionFault } from './rule.ts'

interface FrameFaultsNeeds {
  readonly board: FaultBoard
  readonly about: () => Happening
  readonly kindOf: (frame: Frame, direction: Direction) => FrameKind
  readonly spoil: (frame: Frame, how: Spoiling) => Frame
  readonly pass: (direction: Direction, frame: Frame) => void
  readonly carryOut: (fault: ConnectionFault, armed: Armed) => void
}

/** What rules do to the frames of one connection. Made when there is the first rule. */
export class FrameFaults {
  readonly #needs: FrameFaultsNeeds
  readonly #lanes: Readonly<Record<Direction, FrameLane>>

  constructor(needs: FrameFaultsNeeds) {
    this.#needs = needs
    const createLane = (direction: Direction): FrameLane =>
      new FrameLane((frame) => needs.pass(direction, frame))
    this.#lanes = { in: createLane('in'), out: createLane('out') }
  }

  /** What would have been sent by now. */
  get heldBytes(): number {
    return this.#lanes.out.heldBytes
  }

  lane(direction: Direction): FrameLane {
    return this.#lanes[direction]
  }

  take(direction: Direction, frame: Frame): void {
    const lane = this.#lanes[direction]
    if (lane.isFrozen) return lane.pass(frame)
    const { board, about, kindOf, spoil, carryOut } = this.#needs
    const armed = board.strike('frame', { ...about(), ...kindOf(frame, direction), direction })
    if (!armed) return lane.pass(frame)
    const { rule } = armed
    switch (rule.do) {
      case 'drop':
        return
      case 'delay':
        return void board.clock.after(rule.ms, () => lane.pass(frame))
      case 'duplicate':
        lane.pass(frame)
        return lane.pass(frame)
      case 'malform':
      case 'wrong-id':
        return lane.pass(spoil(frame, rule.do))
      case 'reorder':
        return void armed.onEnd(lane.keepBack(frame))
      case 'close':
      case 'cut':
        return carryOut(rule, armed)
      case 'freeze':
        carryOut(rule, armed)
        return lane.pass(frame)
      default:
        lane.pass(frame)
        carryOut(rule, armed)
    }
  }
}
