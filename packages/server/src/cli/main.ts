import { didYouMean } from '../config/did-you-mean.ts'
import { doctor } from './doctor/doctor.ts'
import { health } from './health.ts'
import { help } from './help.ts'
import { start } from './start.ts'

/** The process around a command. */
export interface Terminal {
  readonly version: string
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

const commands = { start, doctor, health }

/** Runs a command; resolves with the exit code. */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  if (args.some((arg) => arg === '--help' || arg === '-h') || args[0] === 'help') {
    terminal.out(help())
    return 0
  }
  if (args.some((arg) => arg === '--version' || arg === '-v')) {
    terminal.out(`${terminal.version}\n`)
    return 0
  }
  const [command = 'start'] = args
  if (command.startsWith('-')) return start(args, terminal)
  if (Object.hasOwn(commands, command))
    return commands[command as keyof typeof commands](args.slice(1), terminal)
  const meant = didYouMean(command, Object.keys(commands))
  const hint = meant === undefined ? 'The commands are start, doctor and health.' : `Did you mean ${meant}?`
  terminal.err(`${command} is no command. ${hint} --help tells more\n`)
  return 1
}
