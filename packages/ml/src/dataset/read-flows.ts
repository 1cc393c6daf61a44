import { MlError } from '../errors.ts'
import { FEATURE_COUNT, FEATURE_NAMES } from '../features/index.ts'
import { createRandom } from '../training/random.ts'
import type { LabelledRows } from './labelled-rows.ts'
import { readLines } from './read-lines.ts'
import { Reservoir } from './reservoir.ts'
import { MAX_ROWS, SAMPLE_SEED } from './row-limit.ts'

/** The part of a `meter` line that training reads. */
export interface FlowLine {
  picket?: { features?: (number | null)[]; label?: string; class?: string; class_source?: string; split?: string }
}

/** Verdicts a model must not learn from: its own, and a mere port. */
const UNSURE_SOURCES = new Set(['model', 'port'])

/** The label of a line: `picket.label`, else the class where a rule was sure of it. */
export function labelOf({ picket }: FlowLine): string | undefined {
  if (picket?.label) return picket.label
  return picket?.class && !UNSURE_SOURCES.has(picket.class_source ?? '') ? picket.class : undefined
}

/**
 * NDJSON of `meter` or `import`, one flow a line; of `import` only one split when asked for. More than `maxRows` flows are sampled evenly by
 * a fixed seed. Throws TABLE_UNREADABLE naming file and line, TABLE_COLUMNS for another
 * feature set.
 */
export async function readFlows(
  paths: readonly string[],
  { split, maxRows = MAX_ROWS }: { split?: 'train' | 'test'; maxRows?: number } = {},
): Promise<LabelledRows> {
  const rows = new Reservoir(FEATURE_COUNT, maxRows, createRandom(SAMPLE_SEED))
  for (const path of paths) {
    let number = 0
    for await (const line of readLines(path)) {
      number++
      if (line.trim() === '') continue
      const flow = parseLine(line, `${path}:${number}`)
      const features = flow.picket?.features
      if (!Array.isArray(features) || features.length !== FEATURE_COUNT) {
        throw new MlError(
          'TABLE_COLUMNS',
          `${path}:${number}: picket.features must hold ${FEATURE_COUNT} values, found ${features?.length ?? 'none'}; meter the capture again`,
        )
      }
      if (split === undefined || flow.picket?.split === split) rows.add(features, labelOf(flow))
    }
  }
  return rows.finish(FEATURE_NAMES)
}

function parseLine(line: string, where: string): FlowLine {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Falls through: the message below says the same for text that is JSON but no object.
  }
  throw new MlError('TABLE_UNREADABLE', `${where}: not a JSON object; expected NDJSON of "sensor meter"`)
}
