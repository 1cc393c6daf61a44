/** Bins an octave of the tail: the tail that is read back is at most 2.2 % of itself too long. */
const BINS_PER_OCTAVE = 32
/** Tails down to 2^-20, about one in a million. */
const OCTAVES = 20
const BINS = BINS_PER_OCTAVE * OCTAVES
/** From this octave on (scores of 3/4 and more) the mass that may come in an hour is limited. */
const FIRST_LIMITED_OCTAVE = 2
/** Pseudo flows that stand for the training distribution, whose scores are uniform by construction. */
const PRIOR = 2000
/** What a limited octave may gain an hour: so many flows, or so many times its share of the training distribution. */
const LEAST_HOURLY_GAIN = 10
const HOURLY_GAIN = 4
/** Hours after which what was seen counts half. */
const HALF_LIFE_HOURS = 7 * 24
const HOUR_US = 3600e6

/** A sketch as it is kept on disk: bins that hold something, as pairs of index and mass. */
export interface StoredSketch {
  readonly hour: number
  readonly bins: readonly (readonly [number, number])[]
  /** What each octave gained in that hour, so that a restart lets nobody gain more; nothing where it is not known. */
  readonly gained?: readonly number[]
}

/**
 * The distribution of the scores of one kind of flow on one interface, as a histogram over the logarithm of the tail
 * (1 - score), 3 KB. It begins as the training distribution and turns into what is seen here. Old mass fades, and rare
 * scores gain only so much an hour: a new habit becomes usual within hours, what scored 0.999 within days, and somebody who
 * sends thousands of odd flows does not make them usual by that.
 */
export class ScoreSketch {
  readonly #mass = new Float32Array(BINS)
  /** Sums of the bins of each octave, so that a rank adds up 52 numbers at most. */
  readonly #octaves = new Float64Array(OCTAVES)
  readonly #gained = new Float64Array(OCTAVES)
  #hour = 0
  #total = 0

  static restore({ hour, bins, gained = [] }: StoredSketch): ScoreSketch {
    const sketch = new ScoreSketch()
    sketch.#hour = hour
    sketch.#gained.set(gained)
    for (const [bin, mass] of bins) {
      sketch.#mass[bin] = mass
      sketch.#octaves[Math.floor(bin / BINS_PER_OCTAVE)] += mass
      sketch.#total += mass
    }
    return sketch
  }

  store(): StoredSketch {
    const bins: [number, number][] = []
    for (const [bin, mass] of this.#mass.entries()) if (mass > 0.01) bins.push([bin, Number(mass.toFixed(2))])
    return { hour: this.#hour, bins, gained: [...this.#gained] }
  }

  /** Share of the usual flows here that score lower, 0 to 1, for a score that is that share of the training flows. */
  rank(score: number): number {
    const tail = tailOf(score)
    return this.#rankOf(tail, binOf(tail))
  }

  /** Counts a flow that ended at a packet time, microseconds; an earlier hour than the latest counts as the latest. */
  learn(score: number, timeUs: number): void {
    this.#learnIn(binOf(tailOf(score)), timeUs)
  }

  /** The rank of a score before it is learned: both, for one look-up of its bin. */
  rankAndLearn(score: number, timeUs: number): number {
    const tail = tailOf(score)
    const bin = binOf(tail)
    const rank = this.#rankOf(tail, bin)
    this.#learnIn(bin, timeUs)
    return rank
  }

  #rankOf(tail: number, bin: number): number {
    // Scores of the same bin count as equal, not as lower: what repeats itself is usual.
    const next = Math.floor(bin / BINS_PER_OCTAVE) + 1
    let notLower = 0
    for (let at = bin; at < next * BINS_PER_OCTAVE; at++) notLower += this.#mass[at]
    for (let octave = next; octave < OCTAVES; octave++) notLower += this.#octaves[octave]
    return 1 - (PRIOR * tail + notLower) / (PRIOR + this.#total)
  }

  #learnIn(bin: number, timeUs: number): void {
    this.#turnTo(Math.floor(timeUs / HOUR_US))
    const octave = Math.floor(bin / BINS_PER_OCTAVE)
    if (octave >= FIRST_LIMITED_OCTAVE && this.#gained[octave] >= this.#hourlyGain(octave)) return
    this.#gained[octave]++
    this.#mass[bin]++
    this.#octaves[octave]++
    this.#total++
  }

  #hourlyGain(octave: number): number {
    return Math.max(LEAST_HOURLY_GAIN, HOURLY_GAIN * 2 ** -(octave + 1) * (PRIOR + this.#total))
  }

  #turnTo(hour: number): void {
    if (hour <= this.#hour) return
    if (this.#hour > 0) {
      const kept = 0.5 ** ((hour - this.#hour) / HALF_LIFE_HOURS)
      for (let bin = 0; bin < BINS; bin++) this.#mass[bin] *= kept
      for (let octave = 0; octave < OCTAVES; octave++) this.#octaves[octave] *= kept
      this.#total *= kept
    }
    this.#hour = hour
    this.#gained.fill(0)
  }
}

const tailOf = (score: number): number => Math.min(1, Math.max(0, 1 - score))

/** The bin of a tail; the higher the bin, the rarer. A tail of 1 would give -0, an index for which V8 compiles the caller anew each time. */
function binOf(tail: number): number {
  if (tail >= 1) return 0
  return tail <= 0 ? BINS - 1 : Math.min(BINS - 1, Math.floor(-Math.log2(tail) * BINS_PER_OCTAVE))
}
