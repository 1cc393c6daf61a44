/** Holes of one packet at a time; whoever makes more sends fragments in no order that a network makes. */
const MAX_HOLES = 16
const MAX_LENGTH = 65_536

export const Fit = {
  /** It lies in what was missing. */
  NEW: 0,
  /** All of it was there. */
  SEEN: 1,
  /** Part of it was there, or it lies behind the end. */
  OVERLAP: 2,
  /** There is no room for another hole. */
  SCATTERED: 3,
} as const
export type Fit = (typeof Fit)[keyof typeof Fit]

/** What is missing of a fragmented packet, as the list of holes that RFC 815 describes; octets count from the first of its payload. */
export class HoleList {
  #count = 1
  /** Start and end (not included) of each hole. */
  readonly #holes = new Int32Array(2 * MAX_HOLES)

  constructor() {
    this.reset()
  }

  reset(): void {
    this.#count = 1
    this.#holes[0] = 0
    this.#holes[1] = MAX_LENGTH
  }

  /** Whether nothing is missing before `end`. */
  isFilledTo(end: number): boolean {
    for (let i = 0; i < this.#count; i++) if (this.#holes[2 * i] < end) return false
    return true
  }

  /** Takes `start` to `end` out of the holes; `isLast` says that the packet ends there. */
  fill(start: number, end: number, isLast: boolean): Fit {
    for (let i = 0; i < this.#count; i++) {
      const from = this.#holes[2 * i]
      const to = this.#holes[2 * i + 1]
      if (end <= from || start >= to) continue
      if (start < from || end > to || (isLast && to !== MAX_LENGTH)) return Fit.OVERLAP
      return this.#split(i, start, isLast ? to : end) ? Fit.NEW : Fit.SCATTERED
    }
    return Fit.SEEN
  }

  #split(hole: number, start: number, end: number): boolean {
    const from = this.#holes[2 * hole]
    const to = this.#holes[2 * hole + 1]
    if (from < start && end < to) {
      if (this.#count === MAX_HOLES) return false
      this.#set(hole, from, start)
      this.#set(this.#count++, end, to)
    } else if (from < start) this.#set(hole, from, start)
    else if (end < to) this.#set(hole, end, to)
    else {
      this.#count--
      this.#set(hole, this.#holes[2 * this.#count], this.#holes[2 * this.#count + 1])
    }
    return true
  }

  #set(hole: number, start: number, end: number): void {
    this.#holes[2 * hole] = start
    this.#holes[2 * hole + 1] = end
  }
}
