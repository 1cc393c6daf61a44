import type { Flow } from '@picket/proto'
import { ScoreSketch } from '../score/score-sketch.ts'
import { CONTEXT_COUNT } from './context-features.ts'
import { ContextRows } from './context-rows.ts'
import { writeContextTails } from './context-tails.ts'

/** Interfaces whose shares are kept, 15 KiB each; beyond it the one not used for longest begins anew. */
const MAX_INTERFACES = 32
/** A flow of a scan is what it makes unusual: it must not become usual. */
const NOT_LEARNED = 'scan'

/**
 * The third part of the ensemble: how unusual what surrounds a flow is. Each context feature becomes the share of this interface's flows
 * that are less unusual in it; the rarest of them, times how many there are (Bonferroni), is the anomaly of the context. Memory is bounded
 * by the sketches; packet time is the clock.
 */
export class ContextScorer {
  readonly #rows = new ContextRows()
  readonly #tails = new Float64Array(CONTEXT_COUNT)
  /** Least recently used first. */
  readonly #sketches = new Map<string, readonly ScoreSketch[]>()

  /** Sources and pairs forgotten because there were too many. */
  get evictions(): number {
    return this.#rows.evictions
  }

  /**
   * Fills anomalyParts.context of IP flows in the order given, and returns the context rows of all flows, row-major, NaN for flows
   * without: a record that goes on with a conversation told its context before.
   */
  score(flows: readonly Flow[]): Float32Array {
    const rows = new Float32Array(flows.length * CONTEXT_COUNT).fill(NaN)
    for (let i = 0; i < flows.length; i++) {
      const flow = flows[i]
      if (flow.continued || flow.sourceAddress.length === 0) continue
      const row = rows.subarray(i * CONTEXT_COUNT, (i + 1) * CONTEXT_COUNT)
      writeContextTails(row, this.#rows.write(flow, row, 0), this.#tails)
      flow.anomalyParts ??= { forest: undefined, autoencoder: undefined, context: undefined }
      flow.anomalyParts.context = 1 - Math.min(1, CONTEXT_COUNT * this.#rarest(flow))
    }
    return rows
  }

  #rarest(flow: Flow): number {
    const sketches = this.#sketchesOf(flow.interface)
    let rarest = 1
    for (let feature = 0; feature < CONTEXT_COUNT; feature++) {
      const score = 1 - this.#tails[feature]
      const tail = 1 - sketches[feature].rank(score)
      if (tail < rarest) rarest = tail
      if (flow.class !== NOT_LEARNED) sketches[feature].learn(score, flow.endUs)
    }
    return rarest
  }

  #sketchesOf(name: string): readonly ScoreSketch[] {
    const sketches = this.#sketches.get(name) ?? Array.from({ length: CONTEXT_COUNT }, () => new ScoreSketch())
    this.#sketches.delete(name)
    this.#sketches.set(name, sketches)
    if (this.#sketches.size > MAX_INTERFACES) this.#sketches.delete(this.#sketches.keys().next().value!)
    return sketches
  }
}
