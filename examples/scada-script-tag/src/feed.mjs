/**
 * The gateway of a plant, a process of its own: 50 sensors that change 100 times a second each, posted to the server
 * as rows. What a busy machine has delayed is made up for, but no more than it keeps.
 */
import { setTimeout } from 'node:timers/promises'

const TAGS = 50
const STEP_MS = 10
const KEPT_MS = 100
const LATER_MS = 1000

const { INGEST_URL = '', INGEST_TOKEN } = process.env
const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${INGEST_TOKEN}` }
const sensors = Array.from({ length: TAGS }, (_, index) => ({
  tag: `${index % 2 ? 'PT' : 'TT'}-${101 + index}`,
  value: 50,
}))

/** @param {number} at milliseconds since 1970 */
const measure = (at) =>
  sensors.map((sensor) => {
    sensor.value += Math.random() - 0.5 + (50 - sensor.value) / 500
    return { ...sensor, at }
  })

for (let at = Date.now(); ; ) {
  const rows = []
  const now = Date.now()
  for (at = Math.max(at, now - KEPT_MS); at < now; at += STEP_MS) rows.push(...measure(at))
  const body = JSON.stringify(rows)
  // 429: too much is waiting there. They are sent again.
  while (rows.length > 0 && !(await fetch(INGEST_URL, { method: 'POST', headers, body })).ok)
    await setTimeout(LATER_MS)
  await setTimeout(STEP_MS)
}
