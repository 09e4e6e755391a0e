const MOST_POINTS = 1000
const EVERY_MS = 100
const TONES = { connected: 'good', connecting: 'warn', reconnecting: 'warn', paused: 'rest', failed: 'bad' }

const show = (id, text) => {
  document.getElementById(id).textContent = text
}

/** One chart: a ring of values, and where they were interrupted. */
function createChart(tag, colors) {
  const canvas = document.createElement('canvas')
  const value = document.createElement('output')
  const caption = document.createElement('figcaption')
  const figure = document.createElement('figure')
  caption.append(tag, value)
  figure.append(caption, canvas)
  document.getElementById('charts').append(figure)
  const points = []
  let isDue = false
  return {
    points,
    push(point) {
      if (points.push(point) > MOST_POINTS) points.shift()
      isDue = true
    },
    draw() {
      if (!isDue) return
      isDue = false
      const { clientWidth: width, clientHeight: height } = canvas
      if (canvas.width !== width) Object.assign(canvas, { width, height })
      const context = canvas.getContext('2d')
      const drawn = points.slice(-width)
      const known = drawn.filter((point) => point !== undefined)
      const low = Math.min(...known)
      const scale = (height - 4) / (Math.max(...known) - low || 1)
      const from = width - drawn.length
      context.clearRect(0, 0, width, height)
      context.strokeStyle = colors.line
      context.beginPath()
      for (let at = 0; at < drawn.length; at++)
        if (drawn[at] !== undefined) context.lineTo(from + at, height - 2 - (drawn[at] - low) * scale)
      context.stroke()
      context.fillStyle = colors.gap
      for (let at = 0; at < drawn.length; at++)
        if (drawn[at] === undefined) context.fillRect(from + at, 0, 2, height)
      value.textContent = known.at(-1)?.toFixed(1) ?? ''
    },
  }
}

async function start() {
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

  const chartOf = (tag) => {
    if (!charts.has(tag)) charts.set(tag, createChart(tag, colors))
    return charts.get(tag)
  }

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
  realtime.status.subscribe(({ state }) => {
    if (state === 'rejected') show('empty', 'You may not see these values.')
  })
  realtime.onGap(() => {
    for (const chart of charts.values()) chart.push(undefined)
  })

  const status = document.getElementById('status')
  const tell = () => {
    const { status: word } = client.status.get()
    status.textContent = word[0].toUpperCase() + word.slice(1)
    status.dataset.tone = TONES[word] ?? 'rest'
  }
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
    if (charts.size > 0) {
      document.getElementById('empty').hidden = true
      document.getElementById('charts').hidden = false
    }
    for (const chart of charts.values()) chart.draw()
    since.work.push(work + performance.now() - now)
    since.frames++
    work = 0
    if (now - since.at >= 1000) tellFigures(now)
    requestAnimationFrame(frame)
  })
  // What tests look at.
  Object.assign(window, { charts, client })
}

start()
