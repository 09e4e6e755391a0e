import { describeAccepts, describeFallback, type OptionRow, toEnvName } from '../config/option-row.ts'
import { optionTable } from '../config/option-table.ts'

const WIDTH = 100
const INDENT = '      '

/** What `--help` prints, from the table of options. */
export function help(): string {
  return [
    'Usage: realtime-server [start] [--name=value ...]',
    '       realtime-server doctor [--json] [--clock=URL] [--name=value ...]',
    '       realtime-server health [--ready] [--name=value ...]',
    '',
    'start    Serves until it is told to stop. Without any option: in development, on port 6001 of this machine.',
    'doctor   Looks for what would keep it from starting, and says what to do. Ends with 1 when there is any.',
    'health   Asks the server that runs with these options whether it lives, or is ready. Ends with 1 when not.',
    '',
    '--config=FILE   A file of options: JSON, nested as their names are. Or REALTIME_CONFIG.',
    '--help, --version',
    '',
    'Every option can stand in the file, in the environment and on the command line; the later wins.',
    `\`log.level\` is --log.level=debug, or ${toEnvName('log.level')}=debug, or {"log":{"level":"debug"}}.`,
    '',
    ...optionTable.flatMap(toLines),
    '',
  ].join('\n')
}

function toLines(row: OptionRow): readonly string[] {
  const accepts = describeAccepts(row.accepts)
  return [
    `--${row.name}   ${accepts}; default: ${describeFallback(row)}`,
    ...wrap(row.help.replaceAll('`', '')),
  ]
}

function wrap(text: string): readonly string[] {
  const lines: string[] = []
  let line = INDENT
  for (const word of text.split(' ')) {
    if (line.length + word.length >= WIDTH) {
      lines.push(line)
      line = INDENT
    }
    line += line === INDENT ? word : ` ${word}`
  }
  return [...lines, line]
}
