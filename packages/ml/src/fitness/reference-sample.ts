import { Reservoir } from '../dataset/reservoir.ts'
import { FEATURE_COUNT, FEATURE_NAMES } from '../features/index.ts'
import { createRandom } from '../training/random.ts'
import { describeRows, type FeatureReference } from './reference.ts'

/** Rows a reference is made of at most, drawn evenly from all that pass by; 5 MB. */
const MAX_ROWS = 20_000

/** Watches training rows pass by and describes them at their end, in bounded memory whatever their number. */
export class ReferenceSample {
  readonly #rows: Reservoir

  constructor(seed: number) {
    this.#rows = new Reservoir(FEATURE_COUNT, MAX_ROWS, createRandom(seed))
  }

  /** `host` is whose flow it was, empty where that is not known. */
  add(features: ArrayLike<number | null>, host = ''): void {
    this.#rows.add(features, host)
  }

  /** Undefined where nothing passed by. */
  describe(): FeatureReference | undefined {
    const { rows, labels } = this.#rows.finish(FEATURE_NAMES)
    return labels.length === 0 ? undefined : describeRows(rows, FEATURE_COUNT, labels)
  }
}
