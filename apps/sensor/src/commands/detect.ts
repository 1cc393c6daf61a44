import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { DETECTOR_DEFAULTS, Detectors, type DetectorsOptions } from '../detect/detectors.ts'
import { Ensemble } from '../score/ensemble.ts'
import { complain, parseArguments } from './command-arguments.ts'
import { findingToEcs } from './finding-to-ecs.ts'
import { LineWriter } from './line-writer.ts'
import { loadModels } from './load-models.ts'
import { meterFile } from './meter-file.ts'
import { METER_FLAGS, toMeterOptions } from './meter-options.ts'

const USAGE = 'detect [--config FILE] [--models DIR] [--idle-timeout S] [--active-timeout S] [--max-flows N] FILE...'

const detectorsConfig = z.strictObject({
  scanThreshold: z.int().min(2).max(65_535).default(DETECTOR_DEFAULTS.scanThreshold),
  anomalyThreshold: z.number().min(0).max(1).default(DETECTOR_DEFAULTS.anomalyThreshold),
})

/** `detect FILE...`: one finding a line; every file has detectors of its own. Returns the exit code. */
export async function run(args: string[]): Promise<number> {
  const flags = { ...METER_FLAGS, config: { type: 'string' }, models: { type: 'string' } } as const
  const parsed = parseArguments(args, flags, USAGE)
  if (!parsed.ok) return refuse([parsed.message])
  const { values, positionals } = parsed.arguments
  const { options, mistakes } = toMeterOptions(values)
  const config = readConfig(values.config as string | undefined, mistakes)
  if (positionals.length === 0) mistakes.push(`no capture file is given; usage: ${USAGE}`)
  if (mistakes.length > 0) return refuse(mistakes)

  const scorer = await loadModels(values.models as string | undefined)
  const writer = new LineWriter()
  let exitCode = 0
  try {
    for (const path of positionals) {
      const detectors = new Detectors(config)
      const ensemble = new Ensemble({ scorer, threshold: () => config.anomalyThreshold })
      const metered = await meterFile(path, options, async (flows) => {
        await scorer.score(flows)
        await ensemble.refine(flows)
        for (const finding of detectors.observe(flows)) writer.add(findingToEcs(finding, path))
        await writer.flush()
      })
      if (metered.error) {
        complain(metered.error.message)
        exitCode = metered.error.exitCode
      }
      if (writer.isClosed) break
    }
  } finally {
    await scorer.close()
  }
  return exitCode
}

/** Thresholds from a JSON file; each mistake is added as one line. */
function readConfig(path: string | undefined, mistakes: string[]): DetectorsOptions {
  if (path === undefined) return DETECTOR_DEFAULTS
  let content: unknown
  try {
    content = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    mistakes.push(`${path}: is no readable JSON file (${error instanceof Error ? error.message : String(error)})`)
    return DETECTOR_DEFAULTS
  }
  const parsed = detectorsConfig.safeParse(content)
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues)
    mistakes.push(`${path}: ${issue.path.join('.') || 'content'}: ${issue.message}`)
  return DETECTOR_DEFAULTS
}

function refuse(mistakes: string[]): number {
  for (const mistake of mistakes) complain(mistake)
  return 2
}
