import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ensembleAnomaly } from '@picket/ml/scoring'
import type { AnomalyParts, Flow } from '@picket/proto'
import { z } from 'zod'
import { LearnedFile } from '../learned-file.ts'
import type { Stage } from '../observation.ts'
import type { ScoreSketch } from './score-sketch.ts'
import { SketchGroups } from './sketch-groups.ts'
import { storedSketch } from './stored-sketch.ts'

const FILE = 'anomaly-scale.json'

const stored = z.object({
  modelId: z.string(),
  sketches: z.array(z.tuple([z.string(), storedSketch])),
})

/**
 * Makes anomaly scores mean the same on every host: a score becomes the share of the usual flows of this interface and
 * traffic class that score lower. It begins as the model's training distribution and follows what is seen here. Each part of the
 * ensemble is ranked by itself, so that none outweighs the others, and what they come to is ranked once more.
 */
export class AnomalyScale implements Stage {
  readonly #file: LearnedFile
  readonly #groups = new SketchGroups()
  #modelId = ''

  private constructor(folder: string, onFailure: (error: unknown) => void) {
    const encode = () => JSON.stringify({ modelId: this.#modelId, sketches: this.#groups.store() })
    this.#file = new LearnedFile({ folder, onFailure }, FILE, encode)
  }

  /**
   * With what was learned before, or with nothing where there is no file or it is refused: it is learned anew then. A disk that takes no
   * more costs what was learned since the last time, no scores.
   */
  static async load(
    folder: string,
    onFailure: (error: unknown) => void,
    onRefused: (file: string, error: unknown) => void = () => {},
  ): Promise<AnomalyScale> {
    const scale = new AnomalyScale(folder, onFailure)
    try {
      const kept = stored.safeParse(JSON.parse(await readFile(join(folder, FILE), 'utf8')))
      if (!kept.success) throw new RangeError('the sketches are not in their shape')
      scale.#modelId = kept.data.modelId
      scale.#groups.restore(kept.data.sketches)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') onRefused(FILE, error)
    }
    return scale
  }

  /** Ranks scored flows in place, each against the flows before it, and learns from all but scans. */
  apply(flows: readonly Flow[]): void {
    for (const flow of flows) {
      const { anomalyParts, anomalyModelId } = flow
      if (anomalyParts === undefined) continue
      if (anomalyModelId !== this.#modelId) this.#begin(anomalyModelId)
      const group = this.#groups.of(flow.interface, flow.class)
      anomalyParts.forest = rankAndLearn(group.forest, anomalyParts.forest, flow)
      anomalyParts.autoencoder = rankAndLearn(group.autoencoder, anomalyParts.autoencoder, flow)
      anomalyParts.context = rankAndLearn(group.context, anomalyParts.context, flow)
      flow.anomaly = rankAndLearn(group.all, ensembleAnomaly(anomalyParts), flow)
    }
  }

  /** What parts as the models give them would be ranked now, as a part of the flow's interface and class; nothing is learned. */
  anomalyOf(parts: AnomalyParts, flow: Flow): number {
    const group = this.#groups.of(flow.interface, flow.class)
    const rankOf = (anomaly: number | undefined, sketch: ScoreSketch) =>
      anomaly === undefined ? undefined : sketch.rank(anomaly)
    const ranked = {
      forest: rankOf(parts.forest, group.forest),
      autoencoder: rankOf(parts.autoencoder, group.autoencoder),
      context: rankOf(parts.context, group.context),
    }
    return rankOf(ensembleAnomaly(ranked), group.all) ?? 0
  }

  start(): Promise<void> {
    return this.#file.start()
  }

  stop(): Promise<void> {
    return this.#file.stop()
  }

  /** Scores of another model are on another scale. */
  #begin(modelId: string): void {
    this.#modelId = modelId
    this.#groups.clear()
  }
}

/** The rank of an anomaly before it is learned from; scans are not. */
function rankAndLearn(sketch: ScoreSketch, anomaly: number | undefined, flow: Flow): number | undefined {
  if (anomaly === undefined) return undefined
  return flow.class === 'scan' ? sketch.rank(anomaly) : sketch.rankAndLearn(anomaly, flow.endUs)
}
