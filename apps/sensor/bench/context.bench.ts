/**
 * What context and explanations cost a sensor: `npm run bench -- context [FLOWS]`. Flows of 200 sources at 1,000 a second of packet time,
 * first their context and its ranks, then explanations of flows that a threshold of 0 lets through, as many as are made. Seconds of CPU
 * of this process; the budget is 1 % of a core at 1,000 flows/s.
 */
import { loadBundledModels, Scorer } from '@picket/ml/scoring'
import { Flow } from '@picket/proto'
import { ContextScorer } from '../src/context/context-scorer.ts'
import { Ensemble } from '../src/score/ensemble.ts'

const FLOWS = Number(process.argv[2] ?? 300_000)
const BATCH = 1000
const EXPLAINED_BATCHES = 40
/** Flows of packet time from one of them to the next: as many seconds as explanations are allowed at once. */
const FLOWS_BETWEEN = 20_000

const scorer = await Scorer.load(await loadBundledModels())
measureContext()
await measureExplanations()
await scorer.close()

function measureContext(): void {
  const context = new ContextScorer()
  context.score(makeFlows(0, 20_000))
  let microseconds = 0
  for (let from = 0; from < FLOWS; from += BATCH) {
    const flows = makeFlows(20_000 + from, BATCH)
    const startedAt = process.cpuUsage()
    context.score(flows)
    microseconds += cpuSince(startedAt)
  }
  const each = microseconds / FLOWS
  report('context', { flows: FLOWS, us_a_flow: each, core_percent_at_1000_flows_a_second: each / 10 })
}

async function measureExplanations(): Promise<void> {
  let leftOut = 0
  const ensemble = new Ensemble({ scorer, threshold: () => 0.3, onLeftOut: (flows) => (leftOut += flows) })
  let [microseconds, explained] = [0, 0]
  for (let batch = 0; batch < EXPLAINED_BATCHES; batch++) {
    const flows = makeFlows(batch * FLOWS_BETWEEN, 100)
    await scorer.score(flows)
    const startedAt = process.cpuUsage()
    await ensemble.refine(flows)
    if (batch < EXPLAINED_BATCHES / 4) continue
    microseconds += cpuSince(startedAt)
    explained += flows.filter(({ anomalyExplanation }) => anomalyExplanation).length
  }
  report('explain', { explained, left_out: leftOut, ms_each: microseconds / explained / 1000 })
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return user + system
}

function makeFlows(from: number, count: number): Flow[] {
  return Array.from({ length: count }, (_, i) => {
    const number = from + i
    const chance = (number * 0.618_033_988_75) % 1
    const startUs = 1.795e15 + number * 1000
    const side = {
      packets: 6,
      octets: 900 + (number % 700),
      payloadOctets: 500,
      payloadPackets: 3,
      lengthMin: 40,
      lengthMax: 900,
    }
    return Flow.fromPartial({
      interface: 'eth0',
      startUs,
      endUs: startUs + 50_000,
      sourceAddress: Uint8Array.of(10, 0, 0, number % 200),
      destinationAddress: Uint8Array.of(198, 51, Math.floor(chance * 20), Math.floor(chance * 4000) % 250),
      sourcePort: 1024 + (number % 60_000),
      destinationPort: chance < 0.7 ? 443 : 1 + Math.floor(chance * 3000),
      protocol: 6,
      class: 'web',
      protocolName: 'tls',
      forward: side,
      reverse: side,
      firstLengths: [500, -900, 300],
      firstGapsUs: [10, 2000, 500],
    })
  })
}

function report(bench: string, figures: Record<string, number>): void {
  const rounded = Object.entries(figures).map(([name, value]) => [name, Number(value.toPrecision(4))])
  console.log(JSON.stringify({ bench, ...Object.fromEntries(rounded) }))
}
