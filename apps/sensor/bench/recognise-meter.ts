/**
 * Meters a capture with recognition and the feature vector of every flow, once for each line on standard input, and answers each with one
 * JSON line: packets, flows, those recognised, and the CPU seconds of the process and of the thread that meters.
 * `node bench/recognise-meter.ts FILE`.
 */
import { createInterface } from 'node:readline'
import { FEATURE_COUNT, flowFeatures } from '@picket/ml/features'
import { METER_DEFAULTS, meterFile } from '../src/commands/meter-file.ts'
import { raiseInliningLimits } from '../src/compiler-limits.ts'
import type { RecogniseRound } from './recognise-round.ts'

const [path = ''] = process.argv.slice(2)
const row = new Float32Array(FEATURE_COUNT)
raiseInliningLimits()
for await (const _ of createInterface({ input: process.stdin }))
  process.stdout.write(`${JSON.stringify(await meter())}\n`)

async function meter(): Promise<RecogniseRound> {
  const before = process.cpuUsage()
  const threadBefore = process.threadCpuUsage()
  let recognised = 0
  const { packets, flows } = await meterFile(path, METER_DEFAULTS, async (ended) => {
    for (const flow of ended) {
      flowFeatures(flow, row)
      if (flow.protocolName !== '') recognised++
    }
  })
  const all = process.cpuUsage(before)
  const thread = process.threadCpuUsage(threadBefore)
  const seconds = (all.user + all.system) / 1e6
  return { packets, flows, recognised, seconds, threadSeconds: (thread.user + thread.system) / 1e6 }
}
