import { FEATURE_COUNT } from '@picket/ml/features'
import { ForestPaths, fromRowText, usualRanges, type ExplainedTree, type UsualRange } from '@picket/ml/explanation/live'
import type { Scorer } from '@picket/ml/scoring'
import { CONTEXT_COUNT } from '../context/context-features.ts'
import type { UsualFlows } from './usual-flows.ts'

/** Columns of a row: features, then context. */
export const ROW_COUNT = FEATURE_COUNT + CONTEXT_COUNT

/** Interfaces whose ground is kept, 0.5 MB each; beyond it the one not used for longest is laid anew when needed. */
const MAX_GROUNDS = 4

/** What flows of an interface are held against when they are explained. */
export interface Ground {
  /** By column of a row. */
  readonly ranges: readonly UsualRange[]
  /** The trees of the forest over usual flows; undefined without a forest, or with one that cuts directions. */
  readonly trees: readonly ExplainedTree[] | undefined
  /** Mean error of each feature over usual flows; undefined without an autoencoder. */
  readonly errors: Float64Array | undefined
}

/** The scoring that explanations ask. */
export type Asked = Pick<Scorer, 'run' | 'modelOf' | 'models'>

/** Lays the ground of each interface out of its usual flows, or of the model's own where it has none yet, and keeps it while it holds. */
export class Grounds {
  readonly #scorer: Asked
  readonly #usual: UsualFlows
  /** Least recently used first. */
  readonly #grounds = new Map<string, { key: string; ground: Ground }>()
  #paths: { modelId: string; paths: ForestPaths | undefined } | undefined

  constructor(scorer: Asked, usual: UsualFlows) {
    this.#scorer = scorer
    this.#usual = usual
  }

  /** Undefined where nothing usual is known. */
  async of(name: string): Promise<Ground | undefined> {
    const own = this.#usual.rowsOf(name)
    const key = [own?.revision ?? 0, ...this.#scorer.models.map(({ id }) => id)].join(' ')
    const kept = this.#grounds.get(name)
    if (kept?.key === key) return kept.ground
    const rows = own?.rows ?? this.#typicalRows()
    if (rows.length === 0) return undefined
    const ground = await this.#lay(rows)
    this.#grounds.delete(name)
    this.#grounds.set(name, { key, ground })
    if (this.#grounds.size > MAX_GROUNDS) this.#grounds.delete(this.#grounds.keys().next().value!)
    return ground
  }

  async #lay(rows: Float32Array): Promise<Ground> {
    const features = firstColumns(rows)
    const errors = await this.#scorer.run('anomaly-autoencoder', features, 'feature_errors')
    return {
      ranges: usualRanges(rows, ROW_COUNT),
      trees: this.#forest()?.overRows(features, FEATURE_COUNT),
      errors: errors && columnMeans(errors),
    }
  }

  #forest(): ForestPaths | undefined {
    const model = this.#scorer.modelOf('anomaly-forest')
    if (model === undefined) return undefined
    const modelId = model.description.id
    if (this.#paths?.modelId !== modelId) this.#paths = { modelId, paths: ForestPaths.read(model.onnx, FEATURE_COUNT) }
    return this.#paths.paths
  }

  /** Rows of the flows that a model in use was trained on, without context. */
  #typicalRows(): Float32Array {
    const text = this.#scorer.models.find(({ typicalRows }) => typicalRows)?.typicalRows ?? ''
    const features = fromRowText(text, FEATURE_COUNT)
    const rows = new Float32Array((features.length / FEATURE_COUNT) * ROW_COUNT).fill(NaN)
    for (let from = 0, to = 0; from < features.length; from += FEATURE_COUNT, to += ROW_COUNT) {
      rows.set(features.subarray(from, from + FEATURE_COUNT), to)
    }
    return rows
  }
}

function firstColumns(rows: Float32Array): Float32Array {
  const features = new Float32Array((rows.length / ROW_COUNT) * FEATURE_COUNT)
  for (let from = 0, to = 0; from < rows.length; from += ROW_COUNT, to += FEATURE_COUNT) {
    features.set(rows.subarray(from, from + FEATURE_COUNT), to)
  }
  return features
}

function columnMeans(values: Float32Array): Float64Array {
  const means = new Float64Array(FEATURE_COUNT)
  for (let i = 0; i < values.length; i++) means[i % FEATURE_COUNT] += (values[i] * FEATURE_COUNT) / values.length
  return means
}
