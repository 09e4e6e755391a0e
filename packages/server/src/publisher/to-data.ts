import type { Registry } from '@org/realtime-core/kit'
import { ServerError } from '../errors.ts'

/** The text of a payload that fits the registry. @throws ServerError `publish.refused` */
export async function toData(
  registry: Registry,
  channel: string,
  event: string,
  payload: unknown,
): Promise<string> {
  const refused = (reason: string): ServerError =>
    new ServerError('publish.refused', `Cannot publish ${event} to ${channel}: ${reason}`, {
      channel,
      reason,
    })
  if (channel.startsWith('private-encrypted-'))
    throw refused(
      'encrypt with the library itself: `publisher.backend.trigger`, and option `encryptionMasterKeyBase64`',
    )
  const events = registry.find(channel)
  if (events && !Object.hasOwn(events, event)) throw refused('the registry has no such event')
  const result = await registry.schema(channel, event)?.['~standard'].validate(payload)
  if (result?.issues) throw refused(result.issues.map(({ message }) => message).join('; '))
  const data = JSON.stringify(payload)
  if (data === undefined) throw refused('the payload is no JSON')
  return data
}
