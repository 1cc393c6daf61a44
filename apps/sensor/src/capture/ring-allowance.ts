/** How many rings of a host may be large at a time. */
export class RingAllowance {
  #left: number

  constructor(most: number) {
    this.#left = most
  }

  take(): boolean {
    if (this.#left === 0) return false
    this.#left--
    return true
  }

  giveBack(): void {
    this.#left++
  }
}
