import type { FeatureReference } from './reference.ts'
import { supportOf, isOutside, type Bounds } from './support.ts'

/** Counts, flow by flow, those that hold something a model's training rows did not; for what scores on a host. */
export class SupportCounter {
  readonly #bounds: Bounds
  /** Rows looked at. */
  flows = 0
  outside = 0

  constructor(reference: Pick<FeatureReference, 'profiles' | 'groups'>) {
    this.#bounds = supportOf(reference)
  }

  /** Looks at the row that begins at `at`. */
  look(rows: Float32Array, at: number): void {
    this.flows++
    if (isOutside(this.#bounds, rows, at)) this.outside++
  }
}
