import { sideBySide } from '../side-by-side.ts'
import { rows, sum } from './codec-rows.ts'

const [, , index] = process.argv
const row = index === undefined ? undefined : rows[Number(index)]
if (!row) console.log(JSON.stringify({ rows: rows.length }))
else {
  const { name, budget } = row
  const result = await sideBySide(row.ours(), row.theirs())
  if (!sum.value) throw new Error('Nothing was done')
  console.log(JSON.stringify({ name, budget, ...result }))
}
