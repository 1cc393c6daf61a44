import { ensembleAnomaly } from '@picket/ml/scoring'
import type { Flow } from '@picket/proto'
import { ContextScorer } from '../context/context-scorer.ts'
import { Explainer, type ExplainerOptions } from '../explain/explainer.ts'
import type { AnomalyScale } from './anomaly-scale.ts'
import type { DailyThreshold } from './daily-threshold.ts'

export interface EnsembleOptions extends Omit<ExplainerOptions, 'anomalyOf'> {
  /** Ranks every part among the flows of this host; a replay goes without, so that it gives the same scores each time. */
  readonly scale?: AnomalyScale
  /** What surrounds flows, with what was learned before; begins anew without. */
  readonly context?: ContextScorer
  /** Learns from refined flows what threshold gives so many a day. */
  readonly daily?: DailyThreshold
}

/** What follows the models: the context of each flow as the third part, all parts put together, and why a flow is anomalous. */
export class Ensemble {
  readonly #context: ContextScorer
  readonly #scale: AnomalyScale | undefined
  readonly #daily: DailyThreshold | undefined
  readonly #explainer: Explainer

  constructor({ scale, daily, context, ...options }: EnsembleOptions) {
    this.#context = context ?? new ContextScorer()
    this.#scale = scale
    this.#daily = daily
    this.#explainer = new Explainer({
      ...options,
      anomalyOf: scale ? (parts, flow) => scale.anomalyOf(parts, flow) : (parts) => ensembleAnomaly(parts) ?? 0,
    })
  }

  /** Refines scored flows in place, in the order given. */
  async refine(flows: readonly Flow[]): Promise<void> {
    const context = this.#context.score(flows)
    if (this.#scale) this.#scale.apply(flows)
    else for (const flow of flows) if (flow.anomalyParts) flow.anomaly = ensembleAnomaly(flow.anomalyParts)
    this.#daily?.observe(flows)
    await this.#explainer.explain(flows, context)
  }
}
