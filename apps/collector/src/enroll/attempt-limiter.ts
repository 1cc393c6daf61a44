import { isIPv6 } from 'node:net'

export interface AttemptLimiterOptions {
  /** Failed attempts an address may make at once. */
  burst: number
  /** Milliseconds until one failed attempt is forgiven. */
  refillMs: number
  /** Addresses remembered; when full, the one not seen for longest is forgotten. */
  maxAddresses: number
  /** Milliseconds, monotonic. */
  now: () => number
}

/** Twenty mistakes at once, then ten a minute: a typing operator never notices, a guesser gets nowhere. */
export const ENROLMENT_ATTEMPTS = { burst: 20, refillMs: 6_000, maxAddresses: 10_000 }

/**
 * A token bucket an address. An attempt costs one and a success gives it back, so a rack of new hosts behind one
 * address enrols freely while guessing is slow.
 */
export class AttemptLimiter {
  readonly #options: AttemptLimiterOptions
  /** Least recently used first. */
  readonly #buckets = new Map<string, { left: number; at: number }>()

  constructor(options: AttemptLimiterOptions) {
    this.#options = options
  }

  /** Takes one attempt; false when the address has none left. */
  take(address: string): boolean {
    const bucket = this.#refilled(networkOf(address))
    if (bucket.left < 1) return false
    bucket.left -= 1
    return true
  }

  /** Gives one attempt back after a success. */
  giveBack(address: string): void {
    const bucket = this.#refilled(networkOf(address))
    bucket.left = Math.min(this.#options.burst, bucket.left + 1)
  }

  #refilled(network: string): { left: number; at: number } {
    const { burst, refillMs, maxAddresses, now } = this.#options
    const at = now()
    const known = this.#buckets.get(network)
    const left = known ? Math.min(burst, known.left + (at - known.at) / refillMs) : burst
    const bucket = { left, at }
    this.#buckets.delete(network)
    this.#buckets.set(network, bucket)
    if (this.#buckets.size > maxAddresses) this.#buckets.delete(this.#buckets.keys().next().value!)
    return bucket
  }
}

/** One bucket for a whole IPv6 /64, which is what one host can choose addresses from (RFC 4291, 2.5.4). */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address
  const [head, tail = ''] = address.split('%')[0].split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const zeros = address.includes('::') ? Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0') : []
  return [...left, ...zeros, ...right].slice(0, 4).join(':')
}
