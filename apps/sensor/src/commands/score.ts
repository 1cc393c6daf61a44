import { flowFeatures } from '@picket/ml/features'
import type { Scorer } from '@picket/ml/scoring'
import { DETECTOR_DEFAULTS } from '../detect/detectors.ts'
import { Ensemble } from '../score/ensemble.ts'
import { complain, parseArguments } from './command-arguments.ts'
import { LineWriter } from './line-writer.ts'
import { loadModels } from './load-models.ts'
import { meterFile, type MeteredFile, type MeterFileOptions } from './meter-file.ts'
import { METER_FLAGS, toMeterOptions } from './meter-options.ts'
import { toEcs } from './to-ecs.ts'

const USAGE = 'score [--models DIR] [--idle-timeout S] [--active-timeout S] [--max-flows N] FILE...'
const FLUSH_AT = 1 << 16

/** `score FILE...`: as `meter`, with class and anomaly. Returns the exit code. */
export async function run(args: string[]): Promise<number> {
  const parsed = parseArguments(args, { ...METER_FLAGS, models: { type: 'string' } }, USAGE)
  if (!parsed.ok) return refuse([parsed.message])
  const { values, positionals } = parsed.arguments
  const { options, mistakes } = toMeterOptions(values)
  if (positionals.length === 0) mistakes.push(`no capture file is given; usage: ${USAGE}`)
  if (mistakes.length > 0) return refuse(mistakes)

  const scorer = await loadModels(values.models as string | undefined)
  const writer = new LineWriter()
  let exitCode = 0
  try {
    for (const path of positionals) {
      const { error } = await scoreTo({ writer, scorer, path, options })
      if (error) {
        complain(error.message)
        exitCode = error.exitCode
      }
      if (writer.isClosed) break
    }
    await writer.flush()
  } finally {
    await scorer.close()
  }
  return exitCode
}

interface ScoreTask {
  writer: LineWriter
  scorer: Scorer
  path: string
  options: MeterFileOptions
}

async function scoreTo({ writer, scorer, path, options }: ScoreTask): Promise<MeteredFile> {
  const ensemble = new Ensemble({ scorer, threshold: () => DETECTOR_DEFAULTS.anomalyThreshold })
  return await meterFile(path, options, async (flows) => {
    await scorer.score(flows)
    await ensemble.refine(flows)
    for (const flow of flows) {
      writer.add(toEcs(flow, { path, features: flowFeatures(flow) }))
      if (writer.pendingLength >= FLUSH_AT) await writer.flush()
    }
    return !writer.isClosed
  })
}

function refuse(mistakes: string[]): number {
  for (const mistake of mistakes) complain(mistake)
  return 2
}
