import type { Random } from './random.ts'

/** How far copies may be from the flow they are made of. */
export interface JitterOptions {
  /** Times are stretched by a factor drawn log-uniformly from this range. */
  stretch: readonly [least: number, most: number]
  /** Lengths and octets are scaled by a factor within 1 - size ... 1 + size. */
  size: number
}

type Scaling = 'time' | 'rate' | 'size' | 'none'

/**
 * Copies of flow features as the same exchange over another path would give: one factor stretches every time and divides every
 * rate, another scales every length, each value wavers a little on its own. Counts, shares and flags stay. Absent stays absent.
 */
export class Jitter {
  readonly #scaling: Scaling[]
  readonly #options: JitterOptions
  readonly #random: Random

  constructor(featureNames: readonly string[], options: JitterOptions, random: Random) {
    this.#scaling = featureNames.map(scalingOf)
    this.#options = options
    this.#random = random
  }

  /** Writes one copy of `row` to `out` from `offset`. */
  copy(row: Float32Array, out: Float32Array, offset: number): void {
    const { stretch, size } = this.#options
    const [least, most] = stretch
    const time = least * (most / least) ** this.#random()
    const length = 1 + size * (2 * this.#random() - 1)
    for (let i = 0; i < this.#scaling.length; i++) {
      const waver = 1 + 0.1 * (this.#random() - 0.5)
      const kind = this.#scaling[i]
      const factor =
        kind === 'time' ? time * waver : kind === 'rate' ? (length * waver) / time : kind === 'size' ? length : 1
      out[offset + i] = row[i] * factor
    }
  }
}

function scalingOf(name: string): Scaling {
  if (name.endsWith('_us')) return 'time'
  if (name.endsWith('_per_s')) return 'rate'
  return name.endsWith('_octets') ? 'size' : 'none'
}
