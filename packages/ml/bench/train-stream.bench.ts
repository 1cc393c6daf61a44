/**
 * What a training job needs for more rows than fit into memory: `npm run bench -- train-stream [--rows N] [--kind KIND]`, by default fifty
 * million rows into an anomaly forest, by the way every job goes. One JSON object.
 */
import { parseArgs } from 'node:util'
import { FEATURE_COUNT } from '../src/features/index.ts'
import type { ModelKind } from '../src/model/model-description.ts'
import { runTrainJob, type TrainingRow } from '../src/training/index.ts'
import { createRandom } from '../src/training/random.ts'
import { timed } from './cost.ts'

/** Rows that are made before the clock starts; every row of the stream is one of them with a number of its own. */
const PREPARED = 4096
const CLASSES = ['web', 'video']
const MIB = 2 ** 20

const text = { type: 'string' } as const
const { values } = parseArgs({ options: { rows: text, kind: text } })
const rows = Number(values.rows ?? 50_000_000)
const kind = (values.kind ?? 'anomaly-forest') as ModelKind

const prepared = prepareRows()
const before = process.memoryUsage.rss()
const [model, cost] = await timed(() => runTrainJob({ kind, rows: stream(), trainedAt: new Date(0) }))
console.log(
  JSON.stringify({
    bench: 'train-stream',
    rows,
    columns: FEATURE_COUNT,
    kind,
    ...cost,
    rows_a_cpu_second: Math.round(rows / cost.cpu_seconds),
    flows_seen: model.description.lineage.flowsSeen,
    flows_used: model.description.lineage.flowsUsed,
    rss_before_mib: Math.round(before / MIB),
    rss_most_mib: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
)

function prepareRows(): TrainingRow[] {
  const random = createRandom(1)
  return Array.from({ length: PREPARED }, (_, i) => ({
    features: Float32Array.from({ length: FEATURE_COUNT }, () => (random() < 0.3 ? NaN : Math.exp(random() * 12))),
    class: CLASSES[i % CLASSES.length],
  }))
}

/** As a store gives them: page by page, each awaited. */
async function* stream(): AsyncGenerator<TrainingRow> {
  for (let i = 0; i < rows; i++) {
    const row = prepared[i % PREPARED]
    const features = row.features as Float32Array
    features[0] = i
    yield row
  }
}
