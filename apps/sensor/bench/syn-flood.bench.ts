/**
 * A flood of SYNs, each a flow of its own, through all that a sensor does with them but sending: `npm run bench -- syn-flood [FLOWS]`, a million
 * by default. One JSON object: how late timers came while it lasted, resident memory, and what became of the flows.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Batcher } from '../src/batch/batcher.ts'
import { createWire } from '../src/capture/wire.ts'
import { Detectors } from '../src/detect/detectors.ts'
import { loadModels } from '../src/commands/load-models.ts'
import { Ensemble } from '../src/score/ensemble.ts'
import { ScoreStage } from '../src/score/score-stage.ts'
import { Telemetry } from '../src/telemetry.ts'
import { writeSynCapture } from './syn-capture.ts'

const FLOWS = Number(process.argv[2] ?? 1_000_000)
const RESOLUTION_MS = 5
const nowUs = () => Date.now() * 1000

const folder = mkdtempSync(join(tmpdir(), 'picket-bench-flood-'))
const path = join(folder, 'syn.pcap')
writeSynCapture(path, FLOWS)

const telemetry = new Telemetry()
const batcher = new Batcher({ telemetry, nowUs, append: () => undefined })
const scorer = await loadModels(undefined)
const ensemble = new Ensemble({ scorer, threshold: () => 0.99, onLeftOut: () => undefined })
const score = new ScoreStage({
  scorer,
  refine: (flows) => ensemble.refine(flows),
  createDetector: (thresholds) => new Detectors(thresholds),
  thresholds: { scanThreshold: 100, anomalyThreshold: 0.99, anomaliesADay: 0 },
  telemetry,
  onScored: (observation, findings) => batcher.add({ ...observation, findings }),
  onFailure: (error) => console.error(error),
})
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
const seen = { packets: 0, flows: 0 }
let [peakBytes, whileFlooded] = [0, {}]
const wire = createWire(
  {
    replay: { files: [path], speed: 0 },
    idleTimeoutMs: 30_000,
    activeTimeoutMs: 60_000,
    maxFlows: 200_000,
    settled: () => score.drain(),
    logger: { info: () => undefined, warn: (...args: unknown[]) => console.error(...args) },
  },
  (observation) => {
    seen.packets += observation.packetsRead
    seen.flows += observation.flows.length
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
    // What the table still holds at the capture's end is ended in pieces, as when a sensor stops.
    if (seen.packets < FLOWS) whileFlooded = { ...delays(), flood_peak_mib: Math.round(peakBytes / 2 ** 20) }
    score.accept(observation)
  },
)
await batcher.start()
await wire.open()
delay.enable()
const startedAt = performance.now()
await wire.start()
await wire.ended
await score.drain()
const seconds = (performance.now() - startedAt) / 1000
await batcher.stop()
await score.stop()
rmSync(folder, { recursive: true })
console.log(
  JSON.stringify({
    bench: 'syn-flood',
    ...seen,
    seconds: Math.round(seconds),
    ...whileFlooded,
    peak_mib: Math.round(peakBytes / 2 ** 20),
  }),
)

/** Beyond the timer's own span, milliseconds. */
function delays(): object {
  const late = (nanoseconds: number) => Math.round((nanoseconds / 1e6 - RESOLUTION_MS) * 10) / 10
  return {
    late_p50_ms: late(delay.percentile(50)),
    late_p99_ms: late(delay.percentile(99)),
    late_max_ms: late(delay.max),
  }
}
