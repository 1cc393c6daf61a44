import type { LabelledRows } from '../dataset/labelled-rows.ts'
import type { Model } from '../model/model-description.ts'
import { Session } from '../scoring/session.ts'

const CHUNK = 4096

/** One output of a model's own ONNX graph for all rows, row-major. */
export async function runModel(
  model: Model,
  data: Pick<LabelledRows, 'featureNames' | 'rows'>,
  output: string,
): Promise<Float32Array> {
  const width = data.featureNames.length
  const session = await Session.open(model.onnx, width)
  try {
    const parts: Float32Array[] = []
    for (let at = 0; at < data.rows.length; at += CHUNK * width) {
      parts.push(await session.run(data.rows.subarray(at, Math.min(data.rows.length, at + CHUNK * width)), output))
    }
    const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of parts) {
      all.set(part, at)
      at += part.length
    }
    return all
  } finally {
    await session.close()
  }
}

/** Position of the largest of `count` values from `from`. */
export function largestOf(values: Float32Array, from: number, count: number): number {
  let best = 0
  for (let k = 1; k < count; k++) if (values[from + k] > values[from + best]) best = k
  return best
}
