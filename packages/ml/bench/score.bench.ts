/**
 * What scoring costs a sensor: `npm run bench -- score [FLOWS]`. One JSON object a line: rules, features and all three models for one batch
 * on one thread, the best of several turns; processor time of each model's graph here and in onnxruntime, by turns; resident memory that each of the two engines
 * adds; features alone.
 */
import { Flow } from '@picket/proto'
import { FEATURE_COUNT, FEATURE_NAMES, flowFeatures } from '../src/features/index.ts'
import { InferenceGraph } from '../src/inference/index.ts'
import { OnnxruntimeSession } from '../src/scoring/onnxruntime-session.ts'
import { Scorer, loadBundledModels, type Model } from '../src/scoring/index.ts'
import { createRandom } from '../src/training/random.ts'
import { describeModel, fitAutoencoder } from '../src/training/train-model.ts'

const BATCH = Number(process.argv[2] ?? 1000)
const ROUNDS = 30
const TURNS = 8
const MIB = 2 ** 20

const flows = Array.from({ length: BATCH }, (_, i) => makeFlow(i))
const rows = new Float32Array(BATCH * FEATURE_COUNT)
flows.forEach((flow, i) => flowFeatures(flow, rows, i * FEATURE_COUNT))
const models = await withAutoencoder(await loadBundledModels())

const before = settledMemory()
const scorer = await Scorer.load(models)
await scorer.score(flows)
const own = settledMemory()
const durations: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  const startedAt = performance.now()
  await scorer.score(flows)
  durations.push(performance.now() - startedAt)
}
report('score', {
  flows: BATCH,
  models: models.length,
  cpu_ms: await leastCpuMs(() => scorer.score(flows)),
  p50_ms: quantile(durations, 0.5),
  p99_ms: quantile(durations, 0.99),
})
await scorer.close()
const beforeReference = settledMemory()
const references = await Promise.all(models.map(({ onnx }) => OnnxruntimeSession.open(onnx, FEATURE_COUNT)))
for (const [i, { description }] of models.entries()) await compareEngines(models[i], references[i], description.kind)
report('score-memory', {
  own_mib: (own - before) / MIB,
  onnxruntime_mib: (settledMemory() - beforeReference) / MIB,
})
for (const reference of references) await reference.close()
report('features', { flows: BATCH, columns: FEATURE_COUNT, p50_ms: quantile(timeFeatures(), 0.5) })

/** An autoencoder of the shape that training gives, where none comes with the models. */
async function withAutoencoder(bundled: Model[]): Promise<Model[]> {
  if (bundled.some(({ description }) => description.kind === 'anomaly-autoencoder')) return bundled
  const data = { featureNames: FEATURE_NAMES, rows, labels: new Uint16Array(BATCH), classes: ['usual'] }
  const facts = { threshold: 0.99, metrics: {}, trainedAt: new Date().toISOString(), lineage: {} }
  return [...bundled, describeModel(fitAutoencoder(data, { seed: 1 }), FEATURE_NAMES, undefined, facts)]
}

/** Processor time a batch, the best of several turns of each engine. */
async function compareEngines({ onnx }: Model, reference: OnnxruntimeSession, kind: string): Promise<void> {
  const graph = InferenceGraph.read(onnx, FEATURE_COUNT)
  const output = kind === 'traffic-classifier' ? 'probabilities' : 'anomaly'
  const [here, there]: [number[], number[]] = [[], []]
  for (let turn = 0; turn < TURNS; turn++) {
    here.push(await cpuMs(() => graph.run(rows, output)))
    there.push(await cpuMs(() => reference.run(rows, output)))
  }
  report(`score-${kind}`, { flows: BATCH, own_cpu_ms: Math.min(...here), onnxruntime_cpu_ms: Math.min(...there) })
}

async function leastCpuMs(score: () => unknown): Promise<number> {
  const turns: number[] = []
  for (let turn = 0; turn < TURNS; turn++) turns.push(await cpuMs(score))
  return Math.min(...turns)
}

async function cpuMs(score: () => unknown): Promise<number> {
  const { user, system } = process.cpuUsage()
  for (let round = 0; round < ROUNDS; round++) await score()
  const used = process.cpuUsage({ user, system })
  return (used.user + used.system) / 1000 / ROUNDS
}

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
