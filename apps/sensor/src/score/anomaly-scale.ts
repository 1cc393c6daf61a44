import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ensembleAnomaly } from '@picket/ml/scoring'
import type { AnomalyParts, Flow } from '@picket/proto'
import { z } from 'zod'
import { writeAtomically } from '../atomic-file.ts'
import type { Stage } from '../observation.ts'
import { ScoreSketch } from './score-sketch.ts'

/** Interfaces times traffic classes times parts and their sum; beyond it the one not used for longest is forgotten. 3 KB each. */
const MAX_SKETCHES = 1024
const PARTS = ['forest', 'autoencoder', 'context'] as const
const FILE = 'anomaly-scale.json'
const SAVE_EVERY_MS = 15 * 60_000

const stored = z.object({
  modelId: z.string(),
  sketches: z.array(
    z.tuple([
      z.string(),
      z.object({ hour: z.number(), bins: z.array(z.tuple([z.int().min(0).max(639), z.number().min(0)])) }),
    ]),
  ),
})

/**
 * Makes anomaly scores mean the same on every host: a score becomes the share of the usual flows of this interface and
 * traffic class that score lower. It begins as the model's training distribution and follows what is seen here. Each part of the
 * ensemble is ranked by itself, so that none outweighs the others, and what they come to is ranked once more.
 */
export class AnomalyScale implements Stage {
  readonly #folder: string
  readonly #onFailure: (error: unknown) => void
  #timer: NodeJS.Timeout | undefined
  /** Least recently used first. */
  #sketches = new Map<string, ScoreSketch>()
  #modelId = ''

  private constructor(folder: string, onFailure: (error: unknown) => void) {
    this.#folder = folder
    this.#onFailure = onFailure
  }

  /** What was learned before, or nothing where there is no file or it cannot be read: it is learned anew then. */
  static async load(folder: string, onFailure: (error: unknown) => void): Promise<AnomalyScale> {
    const scale = new AnomalyScale(folder, onFailure)
    try {
      const { modelId, sketches } = stored.parse(JSON.parse(await readFile(join(folder, FILE), 'utf8')))
      scale.#modelId = modelId
      scale.#sketches = new Map(sketches.map(([key, sketch]) => [key, ScoreSketch.restore(sketch)]))
    } catch {
      return scale
    }
    return scale
  }

  /** Ranks scored flows in place, each against the flows before it, and learns from all but scans. */
  apply(flows: readonly Flow[]): void {
    for (const flow of flows) {
      const { anomalyParts, anomalyModelId } = flow
      if (anomalyParts === undefined) continue
      if (anomalyModelId !== this.#modelId) this.#begin(anomalyModelId)
      for (const part of PARTS) {
        const anomaly = anomalyParts[part]
        if (anomaly !== undefined) anomalyParts[part] = this.#rankAndLearn(anomaly, flow, part)
      }
      const anomaly = ensembleAnomaly(anomalyParts)
      flow.anomaly = anomaly === undefined ? undefined : this.#rankAndLearn(anomaly, flow, 'all')
    }
  }

  /** What parts as the models give them would be ranked now, as a part of the flow's interface and class; nothing is learned. */
  anomalyOf(parts: AnomalyParts, flow: Flow): number {
    const rankOf = (anomaly: number | undefined, part: string) =>
      anomaly === undefined ? undefined : this.#sketchOf(`${part} ${flow.interface} ${flow.class}`).rank(anomaly)
    const ranked = {
      forest: rankOf(parts.forest, 'forest'),
      autoencoder: rankOf(parts.autoencoder, 'autoencoder'),
      context: rankOf(parts.context, 'context'),
    }
    return rankOf(ensembleAnomaly(ranked), 'all') ?? 0
  }

  #rankAndLearn(anomaly: number, flow: Flow, part: string): number {
    const sketch = this.#sketchOf(`${part} ${flow.interface} ${flow.class}`)
    const rank = sketch.rank(anomaly)
    if (flow.class !== 'scan') sketch.learn(anomaly, flow.endUs)
    return rank
  }

  start(): Promise<void> {
    this.#timer ??= setInterval(() => void this.#save(), SAVE_EVERY_MS)
    return Promise.resolve()
  }

  async stop(): Promise<void> {
    if (this.#timer === undefined) return
    clearInterval(this.#timer)
    this.#timer = undefined
    await this.#save()
  }

  /** A disk that takes no more costs what was learned since the last time, no scores. */
  async #save(): Promise<void> {
    const sketches = [...this.#sketches].map(([key, sketch]) => [key, sketch.store()])
    try {
      await writeAtomically(join(this.#folder, FILE), JSON.stringify({ modelId: this.#modelId, sketches }), 0o600)
    } catch (error) {
      this.#onFailure(error)
    }
  }

  /** Scores of another model are on another scale. */
  #begin(modelId: string): void {
    this.#modelId = modelId
    this.#sketches.clear()
  }

  #sketchOf(key: string): ScoreSketch {
    const sketch = this.#sketches.get(key) ?? new ScoreSketch()
    this.#sketches.delete(key)
    this.#sketches.set(key, sketch)
    if (this.#sketches.size > MAX_SKETCHES) this.#sketches.delete(this.#sketches.keys().next().value!)
    return sketch
  }
}
