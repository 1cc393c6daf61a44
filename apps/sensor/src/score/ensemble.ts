import { ensembleAnomaly } from '@picket/ml/scoring'
import type { Flow } from '@picket/proto'
import { ContextScorer } from '../context/context-scorer.ts'
import type { AnomalyScale } from './anomaly-scale.ts'

/**
 * What follows the models: the context of each flow as the third part, and all parts put together. With a scale every part is ranked among
 * the flows of this host first; a replay goes without, so that it gives the same scores each time.
 */
export class Ensemble {
  readonly #context = new ContextScorer()
  readonly #scale: AnomalyScale | undefined

  constructor(scale?: AnomalyScale) {
    this.#scale = scale
  }

  /** Refines scored flows in place, in the order given. */
  refine(flows: readonly Flow[]): void {
    this.#context.score(flows)
    if (this.#scale) this.#scale.apply(flows)
    else for (const flow of flows) if (flow.anomalyParts) flow.anomaly = ensembleAnomaly(flow.anomalyParts)
  }
}
