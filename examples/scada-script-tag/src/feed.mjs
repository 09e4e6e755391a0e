/**
 * The gateway of a plant, a process of its own: 50 sensors that change 100 times a second each and the weather ten
 * times, posted to the server as rows. What a busy machine has delayed is made up for, but no more than it keeps.
 */
import { setTimeout } from 'node:timers/promises'

const TAGS = 50
const STEP_MS = 10
const WEATHER_MS = 100
const KEPT_MS = 100
const LATER_MS = 1000

const { INGEST_URL = '', INGEST_TOKEN } = process.env
const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${INGEST_TOKEN}` }
const sensors = Array.from({ length: TAGS }, (_, index) => ({
  tag: `${index % 2 ? 'PT' : 'TT'}-${101 + index}`,
  value: 50,
}))
const weather = { station: 'roof', temperature: 0, wind_speed: 4 }

/** @param {number} value @param {number} usual where it comes back to */
const wander = (value, usual) => value + Math.random() - 0.5 + (usual - value) / 500

/** @param {number} at milliseconds since 1970 */
const measure = (at) =>
  sensors.map((sensor) => {
    sensor.value = wander(sensor.value, 50)
    return { ...sensor, at }
  })

/** @param {string} source @param {object[]} rows */
async function post(source, rows) {
  const body = JSON.stringify(rows)
  // 429: too much is waiting there. They are sent again.
  while (!(await fetch(`${INGEST_URL}/${source}`, { method: 'POST', headers, body })).ok)
    await setTimeout(LATER_MS)
}

setInterval(() => {
  weather.temperature = wander(weather.temperature, 0)
  post('weather', [weather])
}, WEATHER_MS)
for (let at = Date.now(); ; ) {
  const rows = []
  const now = Date.now()
  for (at = Math.max(at, now - KEPT_MS); at < now; at += STEP_MS) rows.push(...measure(at))
  if (rows.length > 0) await post('tags', rows)
  await setTimeout(STEP_MS)
}
