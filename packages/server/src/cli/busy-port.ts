import { whoAnswers } from './who-answers.ts'

/** What to say of a port that somebody else has. */
export async function explainBusyPort({
  host,
  port,
}: {
  readonly host: string
  readonly port: number
}): Promise<string> {
  const who = await whoAnswers(host, port)
  return `Port ${port} of ${host} is in use by ${who}. Stop it, or choose another port: --port=${port + 1}`
}
