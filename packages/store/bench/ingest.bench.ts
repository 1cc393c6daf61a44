// How fast batches of flows with feature vectors are committed. One JSON object a line.
// node packages/store/bench/ingest.bench.ts [--flows 200000] [--batch 1000]   (DATABASE_URL measures a server)
import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { Records } from '@picket/proto'
import { commitBatch } from '../src/index.ts'
import { openTestDatabase } from '../src/testing/index.ts'
import { sampleFlows } from '../src/testing/sample-flows.ts'

const { values } = parseArgs({
  options: { flows: { type: 'string', default: '100000' }, batch: { type: 'string', default: '' } },
})
const FEATURES = 45
const features = Float32Array.from({ length: FEATURES }, (_, i) => (i % 7 === 0 ? Number.NaN : i * 1.37))

const database = await openTestDatabase({ durable: true })
const sensorId = await database.addSensor('bench')
const epoch = Date.now() * 1000
let sequence = 0
for (const batch of values.batch ? [Number(values.batch)] : [100, 1000, 5000]) {
  const total = Math.min(Number(values.flows), batch * 200)
  const flows = sampleFlows({ count: batch, untilUs: Date.now() * 1000, spanUs: 60e6, seed: batch })
  const batches = Math.ceil(total / batch)
  const took: number[] = []
  const started = performance.now()
  for (let i = 0; i < batches; i++) {
    const before = performance.now()
    await commitBatch(database.db, {
      sensorId,
      epoch,
      sequence: ++sequence,
      records: Records.fromPartial({ flows }),
      receivedAt: Date.now(),
      features: () => features,
    })
    took.push(performance.now() - before)
  }
  const seconds = (performance.now() - started) / 1000
  took.sort((a, b) => a - b)
  console.log(
    JSON.stringify({
      bench: 'store-ingest',
      engine: process.env.DATABASE_URL ? 'server' : 'embedded',
      batch,
      features: FEATURES,
      flows: batches * batch,
      flowsPerSecond: Math.round((batches * batch) / seconds),
      commitMsP50: Number(took[Math.floor(took.length * 0.5)].toFixed(1)),
      commitMsP99: Number(took[Math.floor(took.length * 0.99)].toFixed(1)),
      run: randomUUID().slice(0, 8),
    }),
  )
}
await database.close()
