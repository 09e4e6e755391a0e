// One row in a process of its own, which prints its figures as JSON.
import { sideBySide } from '../side-by-side.ts'
import { sum } from './listeners.ts'
import { rows } from './rows.ts'

const row = rows[Number(process.argv[2])]
if (row) {
  const { name, budget } = row
  const figures = await sideBySide(await row.ours(), await row.theirs())
  if (!sum.value) throw new Error(`Nobody heard anything: ${name}`)
  console.log(JSON.stringify({ name, budget, ...figures }))
} else console.log(JSON.stringify({ rows: rows.length }))
process.exit()
