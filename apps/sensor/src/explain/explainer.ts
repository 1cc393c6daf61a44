import { FEATURE_COUNT, flowFeatures } from '@picket/ml/features'
import type { AnomalyParts, Flow } from '@picket/proto'
import { CONTEXT_COUNT } from '../context/context-features.ts'
import { contextAnomaly, type ContextScores } from '../context/context-scorer.ts'
import { movedColumns, nameOfColumn, present, toReason } from './anomaly-reasons.ts'
import { Grounds, ROW_COUNT, type Asked, type Ground } from './ground.ts'
import { smallestChange } from './smallest-change.ts'
import { UsualFlows } from './usual-flows.ts'

/** Flows that are explained one after the other, 2 to 4 ms each; each second of packet time allows one more, up to as many again. */
const MOST_AT_ONCE = 20
const MAX_REASONS = 5

export interface ExplainerOptions {
  readonly scorer: Asked
  /** The anomaly that parts as the models and the context give them come to for this flow. */
  readonly anomalyOf: (parts: AnomalyParts, flow: Flow) => number
  /** Anomaly from which flows of an interface are explained. */
  readonly threshold: (interfaceName: string) => number
  /** Anomalous flows that were not explained, there being more of them than are. */
  readonly onLeftOut?: (flows: number) => void
}

/**
 * Says why flows are anomalous: which features moved which part of the ensemble, what is usual on their interface, and the smallest change
 * that would not have fired. Learns what is usual from the flows below the threshold.
 */
export class Explainer {
  readonly #options: ExplainerOptions
  readonly #usual = new UsualFlows(ROW_COUNT)
  readonly #grounds: Grounds
  readonly #row = new Float32Array(ROW_COUNT)
  #second = 0
  #allowed = MOST_AT_ONCE

  constructor(options: ExplainerOptions) {
    this.#options = options
    this.#grounds = new Grounds(options.scorer, this.#usual)
  }

  /** Fills anomalyExplanation of refined flows in place; `context` holds what was found about each of them. */
  async explain(flows: readonly Flow[], context: ContextScores): Promise<void> {
    let leftOut = 0
    for (let i = 0; i < flows.length; i++) {
      const flow = flows[i]
      if (flow.anomaly === undefined) continue
      const threshold = this.#options.threshold(flow.interface)
      if (flow.anomaly < threshold) {
        if (flow.class !== 'scan' && this.#usual.wants(flow.interface)) {
          this.#usual.add(flow.interface, this.#writeRow(flow, context, i))
        }
      } else if (this.#mayExplain(flow.endUs)) await this.#explainOne(flow, context, { at: i, threshold })
      else leftOut++
    }
    if (leftOut > 0) this.#options.onLeftOut?.(leftOut)
  }

  /** An earlier second than the latest counts as the latest. */
  #mayExplain(timeUs: number): boolean {
    const second = Math.floor(timeUs / 1e6)
    if (second > this.#second) {
      this.#allowed = Math.min(MOST_AT_ONCE, this.#allowed + second - this.#second)
      this.#second = second
    }
    if (this.#allowed === 0) return false
    this.#allowed--
    return true
  }

  #writeRow(flow: Flow, { rows }: ContextScores, at: number): Float32Array {
    flowFeatures(flow, this.#row)
    this.#row.set(rows.subarray(at * CONTEXT_COUNT, (at + 1) * CONTEXT_COUNT), FEATURE_COUNT)
    return this.#row
  }

  async #explainOne(flow: Flow, context: ContextScores, where: { at: number; threshold: number }): Promise<void> {
    const { at, threshold } = where
    const ground = await this.#grounds.of(flow.interface)
    if (ground === undefined || flow.anomalyParts === undefined) return
    const row = this.#writeRow(flow, context, at)
    const contextTails = context.tails.subarray(at * CONTEXT_COUNT, (at + 1) * CONTEXT_COUNT)
    const errors = await this.#options.scorer.run('anomaly-autoencoder', row.slice(0, FEATURE_COUNT), 'feature_errors')
    const moved = movedColumns(ground, { parts: flow.anomalyParts, threshold, row, errors, contextTails })
    const change = await smallestChange(
      moved.map(({ column }) => column),
      threshold,
      (changes) => this.#judge(flow, { row, ground, contextTails }, changes),
    )
    flow.anomalyExplanation = {
      threshold,
      reasons: moved.slice(0, MAX_REASONS).map((column) => toReason(column, row, ground)),
      smallestChange: change.map((column) => ({
        feature: nameOfColumn(column),
        from: present(row[column]),
        to: present(ground.ranges[column].middle),
      })),
    }
  }

  async #judge(
    flow: Flow,
    { row, ground, contextTails }: { row: Float32Array; ground: Ground; contextTails: Float32Array },
    changes: readonly (readonly number[])[],
  ): Promise<Float64Array> {
    const rows = new Float32Array(changes.length * FEATURE_COUNT)
    const contexts = changes.map((columns, i) => {
      rows.set(row.subarray(0, FEATURE_COUNT), i * FEATURE_COUNT)
      const tails = contextTails.slice()
      for (const column of columns) {
        if (column < FEATURE_COUNT) rows[i * FEATURE_COUNT + column] = ground.ranges[column].middle
        else tails[column - FEATURE_COUNT] = 1
      }
      return flow.anomalyParts?.context === undefined ? undefined : contextAnomaly(tails)
    })
    const { scorer, anomalyOf } = this.#options
    const forest = await scorer.run('anomaly-forest', rows, 'anomaly')
    const autoencoder = await scorer.run('anomaly-autoencoder', rows, 'anomaly')
    return Float64Array.from(contexts, (context, i) =>
      anomalyOf({ forest: forest?.[i], autoencoder: autoencoder?.[i], context }, flow),
    )
  }
}
