/**
 * What scoring costs a sensor: `npm run bench -- score [FLOWS]`. One JSON object a line: features
 * alone, both bundled models with features and rules, and the resident memory that scoring adds to an idle process.
 */
import { Flow } from '@picket/proto'
import { FEATURE_COUNT, flowFeatures } from '../src/features/index.ts'
import { Scorer, loadBundledModels } from '../src/scoring/index.ts'
import { createRandom } from '../src/training/random.ts'

const BATCH = Number(process.argv[2] ?? 1000)
const ROUNDS = 30
const MIB = 2 ** 20

const flows = Array.from({ length: BATCH }, (_, i) => makeFlow(i))
const before = settledMemory()
const scorer = await Scorer.load(await loadBundledModels())
const loaded = settledMemory()
const durations: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  const startedAt = performance.now()
  await scorer.score(flows)
  durations.push(performance.now() - startedAt)
}
const used = settledMemory()
report('score', { flows: BATCH, p50_ms: quantile(durations, 0.5), p99_ms: quantile(durations, 0.99) })
report('score-memory', { loaded_mib: (loaded - before) / MIB, after_scoring_mib: (used - before) / MIB })
report('features', { flows: BATCH, columns: FEATURE_COUNT, p50_ms: quantile(timeFeatures(), 0.5) })
await scorer.close()

function timeFeatures(): number[] {
  const out = new Float32Array(BATCH * FEATURE_COUNT)
  return Array.from({ length: ROUNDS * 10 }, () => {
    const startedAt = performance.now()
    for (let i = 0; i < BATCH; i++) flowFeatures(flows[i], out, i * FEATURE_COUNT)
    return performance.now() - startedAt
  })
}

/** Encrypted exchanges without a known name, so that every flow asks both models. */
function makeFlow(seed: number): Flow {
  const random = createRandom(seed)
  const direction = () => {
    const packets = 3 + Math.floor(random() * 30)
    const lengthMean = 60 + random() * 1300
    const octets = Math.round(packets * lengthMean)
    return {
      packets,
      octets,
      payloadOctets: octets - packets * 40,
      payloadPackets: packets - 2,
      lengthMin: 40,
      lengthMax: 1500,
      lengthMean,
      lengthStd: random() * 600,
      iatMinUs: random() * 50,
      iatMaxUs: 1e5 * random(),
      iatMeanUs: 1e4 * random(),
      iatStdUs: 1e4 * random(),
      tcpSyn: 1,
      tcpFin: 1,
      tcpPsh: packets >> 1,
      tcpAck: packets - 1,
    }
  }
  return Flow.fromPartial({
    protocol: 6,
    startUs: 1e15,
    endUs: 1e15 + Math.floor(random() * 1e7),
    destinationPort: 8443,
    protocolName: 'tls',
    hostName: 'host.example',
    forward: direction(),
    reverse: direction(),
    firstLengths: Array.from({ length: 16 }, () => Math.floor((random() - 0.5) * 3000)),
    firstGapsUs: Array.from({ length: 16 }, () => Math.floor(random() * 50_000)),
    handshakeRttUs: Math.floor(random() * 40_000),
  })
}

function settledMemory(): number {
  for (let i = 0; i < 3; i++) globalThis.gc?.()
  return process.memoryUsage.rss()
}

function quantile(values: number[], q: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))]
}

function report(bench: string, figures: Record<string, number>): void {
  const rounded = Object.entries(figures).map(([name, value]) => [name, Math.round(value * 1000) / 1000])
  console.log(JSON.stringify({ bench, ...Object.fromEntries(rounded) }))
}
