const TWO_TO_32 = 4_294_967_296

/** Turns the 64-bit timestamps of a pcapng interface into whole microseconds. */
export class Timescale {
  readonly #unitsPerUs: number
  readonly #usPerUnit: number
  readonly #offsetUs: number

  /** `resolution` as option if_tsresol has it: 10^-n, or 2^-n with the high bit set; `offsetSeconds` is added. */
  constructor(resolution: number, offsetSeconds: number) {
    const exponent = resolution & 0x7f
    const unitsPerSecond = (resolution & 0x80) === 0 ? 10 ** exponent : 2 ** exponent
    this.#unitsPerUs = unitsPerSecond >= 1e6 ? unitsPerSecond / 1e6 : 0
    this.#usPerUnit = 1e6 / unitsPerSecond
    this.#offsetUs = offsetSeconds * 1e6
  }

  /** Long division where units are finer than microseconds: a 64-bit count does not fit a double. */
  toUs(high: number, low: number): number {
    const units = this.#unitsPerUs
    if (units === 1) return high * TWO_TO_32 + low + this.#offsetUs
    if (units === 0) return Math.floor((high * TWO_TO_32 + low) * this.#usPerUnit) + this.#offsetUs
    const quotient = Math.floor(high / units)
    const remainder = high - quotient * units
    return quotient * TWO_TO_32 + Math.floor((remainder * TWO_TO_32 + low) / units) + this.#offsetUs
  }
}
