/**
 * Prints rows as a Markdown table whose columns also line up in a terminal. Numbers stand on the right.
 * @param {readonly Readonly<Record<string, string | number>>[]} rows the columns are those of the first
 */
export function printTable(rows) {
  const names = Object.keys(rows[0] ?? {})
  const columns = names.map((name) => {
    const cells = rows.map((row) => `${row[name] ?? ''}`)
    const isRight = rows.every((row) => typeof row[name] === 'number' || /^[-\d]/.test(`${row[name]}`))
    return { name, cells, isRight, width: Math.max(name.length, 3, ...cells.map(({ length }) => length)) }
  })
  const line = (/** @type {(column: typeof columns[number]) => string} */ cell) =>
    console.log(
      `| ${columns.map((column) => cell(column)[column.isRight ? 'padStart' : 'padEnd'](column.width)).join(' | ')} |`,
    )
  line(({ name }) => name)
  line(({ isRight, width }) => (isRight ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)))
  for (const index of rows.keys()) line(({ cells }) => cells[index] ?? '')
}
