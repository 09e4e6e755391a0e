import type { Connect } from '@org/realtime-mqtt/codec'
import type { Incoming } from './incoming.ts'
import type { PacketSender } from './sender.ts'

/** Of a connection: before CONNACK, after it, and after the end. */
export type Phase =
  | { readonly name: 'waiting' | 'over' }
  | { readonly name: 'connecting'; readonly connect: Connect }
  | { readonly name: 'open'; readonly sender: PacketSender; readonly incoming: Incoming }

export const WAITING: Phase = { name: 'waiting' }
export const OVER: Phase = { name: 'over' }
