const MOST_POINTS = 1000
const EVERY_MS = 100
const TONES = { connected: 'good', connecting: 'warn', reconnecting: 'warn', paused: 'rest', failed: 'bad' }

const show = (id, textContent) => Object.assign(document.getElementById(id), { textContent })

const toRange = ({ min, max }) => `${min.toFixed(1)} to ${max.toFixed(1)}`

/** One chart: a ring of values, and where they were interrupted. */
function createChart(tag, colors) {
  const names = ['figure', 'figcaption', 'output', 'canvas', 'small']
  const [figure, caption, value, canvas, range] = names.map((name) => document.createElement(name))
  caption.append(tag, value)
  figure.append(caption, canvas, range)
  document.getElementById('charts').append(figure)
  const points = []
  let [width, height, isDue] = [0, 0, false]
  // Asked between two drawings, the page would be laid out anew for each.
  new ResizeObserver(([{ contentRect }]) => {
    ;[width, height, isDue] = [Math.floor(contentRect.width), contentRect.height, true]
  }).observe(canvas)
  return {
    points,
    range,
    push(point) {
      if (points.push(point) > MOST_POINTS) points.shift()
      isDue = true
    },
    draw() {
      if (!isDue || !width) return
      isDue = false
      const ratio = devicePixelRatio
      if (canvas.width !== Math.floor(width * ratio))
        Object.assign(canvas, { width: width * ratio, height: height * ratio })
      const context = canvas.getContext('2d')
      context.setTransform(ratio, 0, 0, ratio, 0, 0)
      const drawn = points.slice(-width)
      const known = drawn.filter((point) => point !== undefined)
      const low = Math.min(...known)
      const scale = (height - 4) / (Math.max(...known) - low || 1)
      context.clearRect(0, 0, width, height)
      context.strokeStyle = colors.line
      context.fillStyle = colors.gap
      context.beginPath()
      for (let at = 0; at < drawn.length; at++) {
        const x = width - drawn.length + at
        const y = height - 2 - (drawn[at] - low) * scale
        if (drawn[at] === undefined) context.fillRect(x, 0, 2, height)
        else if (drawn[at - 1] === undefined) context.moveTo(x, y)
        else context.lineTo(x, y)
      }
      context.stroke()
      value.textContent = known.at(-1)?.toFixed(1) ?? ''
    },
  }
}

const { host, control } = await (await fetch('/demo.json')).json()
const [hostname, port] = host.split(':')
const client = RealtimePusher.createPusher({ key: 'scada_dashboard_key_2024', host: hostname, port })
RealtimeDevtools.mountInspector(client, { control })
const realtime = client.untyped('scada-realtime')
const colors = {}
const readColors = () => {
  const style = getComputedStyle(document.documentElement)
  colors.line = style.getPropertyValue('accent-color')
  colors.gap = style.getPropertyValue('caret-color')
}
readColors()
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', readColors)
const charts = new Map()
const since = { events: 0, calls: 0, frames: 0, work: [], at: performance.now() }
let work = 0

const chartOf = (tag) => charts.get(tag) ?? charts.set(tag, createChart(tag, colors)).get(tag)

const heard = ({ tag, value }, { coalesced = 1 }) => {
  const from = performance.now()
  since.calls++
  since.events += coalesced
  chartOf(tag).push(value)
  work += performance.now() - from
}

realtime.on('scada.data.received', heard, {
  rate: { everyMs: EVERY_MS, keep: 'latest', key: { payload: ({ tag }) => tag } },
})
client.untyped('scada-aggregated').on('scada.aggregated.updated', ({ key, values }) => {
  chartOf(key).range.textContent = toRange(values.value)
})
client.untyped('scada-data').on('scada.data.received', ({ temperature, wind_speed }) => {
  show('weather', `${temperature.toFixed(1)} °C, wind ${wind_speed.toFixed(1)} m/s`)
})
client.untyped('scada-batch').on('scada.batch.processed', ({ count, values }) => {
  show('batch', `${count} readings, ${toRange(values.temperature)} °C`)
})
realtime.status.subscribe(({ state }) => {
  if (state === 'rejected') show('empty', 'You may not see these values.')
})
realtime.onGap(() => {
  for (const chart of charts.values()) chart.push(undefined)
})

const tell = () => {
  const { status: word, lastError } = client.status.get()
  show('status', word).dataset.tone = TONES[word] ?? 'rest'
  document.getElementById('ended').hidden = word !== 'failed'
  show('why', lastError?.code)
}
document.getElementById('again').addEventListener('click', () => client.connect().catch(() => {}))
client.status.subscribe(tell)
tell()

const tellFigures = (now) => {
  const seconds = (now - since.at) / 1000
  const median = since.work.sort((a, b) => a - b)[since.work.length >> 1]
  show('events', `${Math.round(since.events / seconds).toLocaleString('en')} /s`)
  show('calls', `${Math.round(since.calls / seconds).toLocaleString('en')} /s`)
  show('work', `${median.toFixed(1)} ms, median`)
  show('frames', `${Math.round(since.frames / seconds)} /s`)
  Object.assign(since, { events: 0, calls: 0, frames: 0, work: [], at: now })
}

requestAnimationFrame(function frame() {
  const now = performance.now()
  for (const chart of charts.values()) chart.draw()
  since.work.push(work + performance.now() - now)
  since.frames++
  work = 0
  if (now - since.at >= 1000) tellFigures(now)
  requestAnimationFrame(frame)
})
// What tests look at.
Object.assign(window, { charts, client })
