import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Settings } from '../../config/settings.ts'
import { whoAnswers } from '../who-answers.ts'
import { type Finding, fail, ok } from './finding.ts'

/** Tries to listen where the server would. */
export async function checkPort(settings: Settings): Promise<Finding> {
  const host = settings.get<string>('host') ?? ''
  const port = settings.get<number>('port') ?? 0
  const server = createServer()
  try {
    server.listen({ host, port })
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    return ok(port === 0 ? 'any free port will be taken' : `port ${port} of ${host} is free`)
  } catch (error) {
    return explain((error as NodeJS.ErrnoException).code ?? String(error), host, port)
  }
}

async function explain(reason: string, host: string, port: number): Promise<Finding> {
  if (reason === 'EADDRINUSE') {
    const who = await whoAnswers(host, port)
    return fail(`port ${port} of ${host} is in use by ${who}`, `Stop it, or start with --port=${port + 1}`)
  }
  if (reason === 'EACCES')
    return fail(
      `port ${port} may not be listened on`,
      'Ports below 1024 need rights: take one above, or a proxy',
    )
  if (reason === 'EADDRNOTAVAIL' || reason === 'ENOTFOUND')
    return fail(
      `${host} is no address of this machine`,
      'Use --host=127.0.0.1, or --host=0.0.0.0 for all of its addresses',
    )
  return fail(`port ${port} of ${host} cannot be listened on: ${reason}`, 'Choose another host or port')
}
