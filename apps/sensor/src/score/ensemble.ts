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
  /** Anomaly from which a flow of an interface may be told of by itself or in a burst; Infinity while too little is known there. */
  readonly tellFrom?: (interfaceName: string) => number
}

/** What follows the models: the context of each flow as the third part, all parts put together, and why a flow is anomalous. */
export class Ensemble {
  readonly #context: ContextScorer
  readonly #scale: AnomalyScale | undefined
  readonly #daily: DailyThreshold | undefined
  readonly #tellFrom: (interfaceName: string) => number
  readonly #explainer: Explainer

  constructor({ scale, daily, context, tellFrom, ...options }: EnsembleOptions) {
    this.#context = context ?? new ContextScorer()
    this.#scale = scale
    this.#daily = daily
    this.#tellFrom = tellFrom ?? options.threshold
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
    this.#mark(flows)
    await this.#explainer.explain(flows, context)
  }

  /** Says of anomalous flows which threshold they reached, so that nobody after has to know the thresholds of interfaces. */
  #mark(flows: readonly Flow[]): void {
    for (const flow of flows) {
      const threshold = this.#tellFrom(flow.interface)
      flow.anomalyThreshold = flow.anomaly !== undefined && flow.anomaly >= threshold ? threshold : undefined
    }
  }
}
