// Every row of the table over all seeds, printed as JSON.
import { dialsOf, formulas } from './formulas.ts'
import { type Dials, type Herd, measure, type Random, seededRandom } from './outage.ts'
import { dialsOfClients } from './real-clients.ts'

const CLIENTS = 10_000
const SEEDS = 20

type Simulate = (random: Random) => Dials | Promise<Dials>

const rows: readonly (readonly [name: string, simulate: Simulate])[] = [
  ['ours', (random) => dialsOfClients(CLIENTS, random)],
  ...Object.entries(formulas).map(
    ([name, formula]) => [name, (random: Random) => dialsOf(formula, CLIENTS, random)] as const,
  ),
]

const table = []
for (const [name, simulate] of rows) {
  const herds: Herd[] = []
  for (let seed = 1; seed <= SEEDS; seed++) herds.push(measure(await simulate(seededRandom(seed))))
  table.push({ name, ...summary(herds) })
}
console.log(JSON.stringify({ clients: CLIENTS, seeds: SEEDS, rows: table }))

function summary(herds: readonly Herd[]) {
  const times = herds.flatMap(({ reconnectMs }) => reconnectMs).sort((a, b) => a - b)
  const quantile = (share: number) => times[Math.floor(share * times.length)] ?? null
  return {
    meanPeak: mean(herds.map(({ returnPeak }) => returnPeak)),
    worstPeak: Math.max(...herds.map(({ returnPeak }) => returnPeak)),
    onsetPeak: Math.max(...herds.map(({ onsetPeak }) => onsetPeak)),
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    dialsPerClient: mean(herds.map(({ dialsPerClient }) => dialsPerClient)),
    gaveUp: mean(herds.map(({ gaveUp }) => gaveUp)) / CLIENTS,
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length
}
