import type { Member } from '../adapter.ts'
import type { Snapshot } from './room.ts'

/** What one holder holds. */
export const toField = ({ holder, member }: { readonly holder: string; readonly member: Member }): string =>
  `${holder}\n${member.id}`

export function toSnapshot(version: Buffer, all: readonly Buffer[]): Snapshot {
  const kept = all.map((entry) => {
    const space = entry.indexOf(' ')
    return {
      version: Number(entry.toString('utf8', 0, space)),
      member: JSON.parse(entry.toString('utf8', space + 1)) as Member,
    }
  })
  return { version: Number(version), all: kept.sort((a, b) => a.version - b.version) }
}

export const toMembers = ({ all }: Snapshot): readonly Member[] => all.map(({ member }) => member)
