import { invalid } from './errors.ts'

/** The key that those of encrypted channels are derived from. @throws ServerError `option.invalid` */
export function toMasterKey(option: string, given: string | undefined): Buffer | undefined {
  if (given === undefined) return undefined
  const key = Buffer.from(`${given}`, 'base64')
  if (key.length === 32) return key
  throw invalid(option, '32 bytes in base64', '[hidden]')
}
