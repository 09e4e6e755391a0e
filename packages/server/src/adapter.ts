/** Where a reader of a channel is. */
export interface Position {
  readonly epoch: string
  readonly off: number
}

/** One message as every protocol can carry it. */
export interface Message {
  readonly event: string
  /** JSON text, or bytes; undefined for none. */
  readonly payload: string | Uint8Array | undefined
  /** Chosen by its sender; the same id is taken once. */
  readonly id?: string
  /** The client id of its sender; without one it is the server's own. */
  readonly from?: string
  /** The member that has sent it, where its protocol tells the others. */
  readonly member?: string
  /** False leaves it out of the history. @default true */
  readonly isKept?: boolean
  /** For so long it is what `last` finds. */
  readonly lastMs?: number
  /** What it is the newest of: `values` finds it until another one comes with this key. */
  readonly key?: string
  /** From now on there is none of this key. */
  readonly isRemoval?: boolean
  /** What has to be the newest of its key until now; otherwise it is not taken, as if it were a repeat. */
  readonly instead?: Position | 'nothing'
}

/** A message that has its place in a channel. */
export interface Stored extends Message, Position {
  /** It was told on this node alone, because the store is away. */
  readonly isAlone?: boolean
}

export interface Member {
  readonly id: string
  readonly info?: unknown
}

/** What came of entering: all members, and whether this one is among them for the first time. */
export interface Entered {
  readonly members: readonly Member[]
  readonly isNew: boolean
}

/** What came after a position; `missed` is undefined when that is not known any more. */
export interface Reading extends Position {
  readonly missed: readonly Stored[] | undefined
}

/** Whether the store that nodes share can be reached, which it is, and why not. */
export type StoreState =
  | { readonly isAway: false; readonly store: string }
  | { readonly isAway: true; readonly store: string; readonly reason: string }

/** What outlives the connections of a client. */
export interface SharedSession {
  readonly secret: string
  readonly client: string
  readonly userId: string
}

/** Sessions, for a node that their client comes to. */
export interface SharedSessions {
  /** This node has it, and will say so again within `ms`. */
  hold(session: SharedSession, ms: number): Promise<void>
  find(secret: string): Promise<SharedSession | undefined>
  /** It is over after `ms`, unless another node has it by then. */
  release(secret: string, ms: number): Promise<void>
}

/** What all nodes of a server hear of each other, and of themselves. Called in the order of the channel. */
export interface AdapterEvents {
  /** One of another epoch than the one before says by itself what `moved` says. */
  message(channel: string, stored: Stored): void
  /** The position is now this, and what came before is lost. */
  moved(channel: string, position: Position): void
  joined(channel: string, member: Member, holder: string): void
  left(channel: string, member: string): void
  /** A message for one client alone; tells whether it is here. */
  direct(client: string, message: Message): boolean
  /** A question of any node; undefined when nobody here knows of its topic. */
  asked(topic: string, question: unknown): unknown
  /** The store has gone away, or come back; also told of the first try. */
  store(state: StoreState): void
}

/**
 * What the nodes of a server share: positions and history of channels, ids that were taken, members. In memory
 * it is one node alone. Calls about one channel are carried out in the order they are made; each may be answered
 * later, or reject with ServerError `store.away` while the store is away.
 */
export interface Adapter {
  /** Called once, before anything else. */
  open(events: AdapterEvents): void
  /** Goes to the store; resolves when the first try is over, well or not. */
  start(): Promise<void>
  readonly isAway: boolean
  /** Gives a message its place, keeps it, and tells all nodes. `isRepeat`: the id was taken before, there. */
  append(channel: string, message: Message): Promise<Position & { readonly isRepeat: boolean }>
  /** The same for a message that nobody waits for: while the store is away, it is for this node alone. */
  tell(channel: string, message: Message): Promise<void>
  /** The position, and what came after another one. While it is watched, nothing falls between this and `message`. */
  read(channel: string, after?: Position): Promise<Reading>
  /** Somebody on this node listens to the channel from now on, so its position must not be forgotten. */
  watch(channel: string): void
  unwatch(channel: string): void
  /** Resolves when nothing of a watched channel is missed any more; not there where one node is alone. */
  heard?(channel: string): Promise<void>
  /** Enters for one session, the holder. Undefined when there is no room: beside the limit of all, for `most`. */
  enter(channel: string, holder: string, member: Member, most?: number): Promise<Entered | undefined>
  /** Tells whether nobody holds the member any more. */
  leave(channel: string, holder: string, member: string): Promise<boolean>
  members(channel: string): Promise<readonly Member[]>
  /** The last message that came with `lastMs`; not there where one node is alone. */
  last?(channel: string): Promise<Message | undefined>
  /**
   * The newest message of each key; what changes meanwhile may be there or not. Not there where one node is alone.
   */
  values?(channel: string): Promise<readonly Stored[]>
  /** The newest message of one key. */
  value?(channel: string, key: string): Promise<Stored | undefined>
  /** Tells whether the client was there, on whichever node. */
  direct(client: string, message: Message): Promise<boolean>
  /** Asks all nodes, of which this one answers first; what does not answer in time is left out. All of it is JSON. */
  ask(topic: string, question: unknown): Promise<readonly unknown[]>
  /** Not there where one node is alone. */
  readonly sessions?: SharedSessions
  /** Forgets the history of a channel; its offsets go on. */
  evict(channel: string): Promise<void>
  /** Starts a channel anew: another epoch, no history. */
  restart(channel: string): Promise<void>
  close(): Promise<void>
}
