import type { Flow } from '@picket/proto'
import { RecentlyUsed } from '../recently-used.ts'
import { ScoreSketch, type StoredSketch } from '../score/score-sketch.ts'
import { CONTEXT_COUNT } from './context-features.ts'
import { ContextRows } from './context-rows.ts'
import { writeContextTails } from './context-tails.ts'

/** Interfaces whose shares are kept, 15 KiB each; beyond it the one not used for longest begins anew. */
const MAX_INTERFACES = 32
/** A flow of a scan is what it makes unusual: it must not become usual. */
const NOT_LEARNED = 'scan'

/** By flow, row-major, CONTEXT_COUNT values each; NaN for flows without. */
export interface ContextScores {
  /** The context features. */
  readonly rows: Float32Array
  /** How rare each of them is among the flows of the interface, 1 usual to 0. */
  readonly tails: Float32Array
}

/** The rarest of a row of tails, times how many there are (Bonferroni), as an anomaly. */
export function contextAnomaly(tails: Float32Array, at = 0): number {
  let rarest = 1
  for (let i = at; i < at + CONTEXT_COUNT; i++) if (tails[i] < rarest) rarest = tails[i]
  return 1 - Math.min(1, CONTEXT_COUNT * rarest)
}

/**
 * The third part of the ensemble: how unusual what surrounds a flow is. Each context feature becomes the share of this interface's flows
 * that are less unusual in it; the rarest of them, times how many there are (Bonferroni), is the anomaly of the context. Memory is bounded
 * by the sketches; packet time is the clock.
 */
export class ContextScorer {
  readonly #rows = new ContextRows()
  readonly #sketches = new RecentlyUsed(MAX_INTERFACES, () =>
    Array.from({ length: CONTEXT_COUNT }, () => new ScoreSketch()),
  )

  /** Sources and pairs forgotten because there were too many. */
  get evictions(): number {
    return this.#rows.evictions
  }

  /** What was learned, to be kept: what is usual by interface, and the sketches as they lie in memory. */
  store(): { usual: [string, StoredSketch[]][]; memory: ArrayBufferView[] } {
    const usual = [...this.#sketches.entries()].map(([name, sketches]): [string, StoredSketch[]] => [
      name,
      sketches.map((sketch) => sketch.store()),
    ])
    return { usual, memory: this.#rows.memory() }
  }

  /** What was learned before, its memory filled in by `fill`, which is given the places. Throws a RangeError where it contradicts itself. */
  static restore(
    usual: readonly (readonly [string, readonly StoredSketch[]])[],
    fill: (memory: ArrayBufferView[]) => void,
  ): ContextScorer {
    const scorer = new ContextScorer()
    for (const [name, sketches] of usual) scorer.#sketches.set(name, sketches.map(ScoreSketch.restore))
    fill(scorer.#rows.memory())
    scorer.#rows.recall()
    return scorer
  }

  /**
   * Fills anomalyParts.context of IP flows in the order given; a record that goes on with a conversation told its context before.
   */
  score(flows: readonly Flow[]): ContextScores {
    const rows = new Float32Array(flows.length * CONTEXT_COUNT).fill(NaN)
    const tails = new Float32Array(flows.length * CONTEXT_COUNT).fill(NaN)
    for (let i = 0; i < flows.length; i++) {
      const flow = flows[i]
      if (flow.continued || flow.sourceAddress.length === 0) continue
      const at = i * CONTEXT_COUNT
      writeContextTails(rows, this.#rows.write(flow, rows, at), tails, at)
      this.#rank(flow, tails, at)
      flow.anomalyParts ??= { forest: undefined, autoencoder: undefined, context: undefined }
      flow.anomalyParts.context = contextAnomaly(tails, at)
    }
    return { rows, tails }
  }

  /** Turns the first guesses into shares of the flows of the interface, in place, and learns from them. */
  #rank(flow: Flow, tails: Float32Array, at: number): void {
    const sketches = this.#sketches.of(flow.interface)
    const isLearned = flow.class !== NOT_LEARNED
    const { endUs } = flow
    for (let feature = 0; feature < CONTEXT_COUNT; feature++) {
      const score = 1 - tails[at + feature]
      const sketch = sketches[feature]
      tails[at + feature] = 1 - (isLearned ? sketch.rankAndLearn(score, endUs) : sketch.rank(score))
    }
  }
}
