import type { ServerResponse } from 'node:http'
import type { ApiRequest } from './api-request.ts'
import { getChannel, getChannels, getConnections, getUsers } from './ask.ts'
import { postBatch, postEvent } from './publish.ts'
import { terminateConnections } from './terminate.ts'

export interface ApiCall {
  readonly method: 'GET' | 'POST'
  /** Below `/apps/{id}/`; a star stands for a name. */
  readonly path: string
  /** Only Reverb has it. */
  readonly isOfReverb?: true
  readonly answer: (request: ApiRequest, reply: ServerResponse) => Promise<object>
}

/** All that backends may ask. */
const apiTable: readonly ApiCall[] = [
  { method: 'POST', path: 'events', answer: postEvent },
  { method: 'POST', path: 'batch_events', answer: postBatch },
  { method: 'GET', path: 'channels', answer: getChannels },
  { method: 'GET', path: 'channels/*', answer: getChannel },
  { method: 'GET', path: 'channels/*/users', answer: getUsers },
  { method: 'POST', path: 'users/*/terminate_connections', answer: terminateConnections },
  { method: 'GET', path: 'connections', isOfReverb: true, answer: getConnections },
]

export interface FoundCalls {
  readonly calls: readonly ApiCall[]
  readonly names: readonly string[]
}

/** Calls of this path, whatever their method. */
export function findCalls(path: readonly string[]): FoundCalls {
  const calls = apiTable.filter((call) => {
    const parts = call.path.split('/')
    return parts.length === path.length && parts.every((part, index) => part === '*' || part === path[index])
  })
  const parts = calls[0]?.path.split('/') ?? []
  return { calls, names: path.filter((_, index) => parts[index] === '*') }
}
