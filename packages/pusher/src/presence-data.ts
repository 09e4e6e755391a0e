import type { Member } from '@org/realtime-core/kit'
import { fault } from './fault.ts'
import { dataOf, decodeData } from './frame.ts'

type Data = { readonly data: unknown }

/** The members in the answer to a join. Ids are numbers at some servers and strings here; infos may be missing. */
export function toMembers(frame: Data): Member[] {
  const { ids, hash } = Object(dataOf(frame)['presence'])
  return Array.isArray(ids) ? ids.map((id) => ({ id: String(id), info: Object(hash)[String(id)] })) : []
}

/** The member that has come or gone. */
export function toMember(frame: Data): Member {
  const { user_id: id, user_info: info } = dataOf(frame)
  if (typeof id !== 'string' && typeof id !== 'number') throw fault('message.malformed', {}, undefined, 'id')
  return { id: String(id), info }
}

/** Who we are in a presence channel, as the server that authorized us says. */
export function toMyId(channelData: string | undefined): string | undefined {
  const { user_id: id } = Object(decodeData(channelData))
  return id === undefined ? undefined : String(id)
}
