import { Family, type Packet } from '../decode/packet.ts'

const BUCKETS = 256
const WAYS = 8
/** Tunnel, count of flows, family, 0, then four words of each address. */
const ENTRY_WORDS = 12
const USES = 1
const FAMILY = 2
const ADDRESSES = 4

/** What lies around the packets of a flow, as it is exported. */
export interface TunnelContext {
  /** Kind << 24 | network identifier, as in the flow key. */
  tunnel: number
  sourceAddress: Uint8Array
  destinationAddress: Uint8Array
}

/**
 * The outer packets of tunnelled flows, one entry for all flows between the same tunnel ends. Bounded: a flow that finds
 * its eight places taken is metered without its context and counted in `refused`.
 */
export class TunnelContexts {
  refused = 0
  readonly #words = new Int32Array(BUCKETS * WAYS * ENTRY_WORDS)
  readonly #wanted = new Int32Array(ENTRY_WORDS)

  /** Entry plus 1 of the packet's outer packet, held until it is released; 0 when there is no room. */
  acquire(packet: Packet, reversed: boolean): number {
    const words = this.#words
    this.#want(packet, reversed)
    const first = this.#bucket() * WAYS
    let free = -1
    for (let entry = first; entry < first + WAYS; entry++) {
      const uses = entry * ENTRY_WORDS + USES
      if (words[uses] === 0) free = free < 0 ? entry : free
      else if (this.#matches(entry)) {
        words[uses]++
        return entry + 1
      }
    }
    if (free < 0) {
      this.refused++
      return 0
    }
    words.set(this.#wanted, free * ENTRY_WORDS)
    words[free * ENTRY_WORDS + USES] = 1
    return free + 1
  }

  release(held: number): void {
    this.#words[(held - 1) * ENTRY_WORDS + USES]--
  }

  read(held: number): TunnelContext {
    const start = (held - 1) * ENTRY_WORDS
    const length = this.#words[start + FAMILY] === Family.IPV4 ? 4 : 16
    return {
      tunnel: this.#words[start],
      sourceAddress: this.#address(start + ADDRESSES, length),
      destinationAddress: this.#address(start + ADDRESSES + 4, length),
    }
  }

  #want(packet: Packet, reversed: boolean): void {
    const wanted = this.#wanted
    wanted.fill(0)
    wanted[0] = packet.tunnel
    wanted[FAMILY] = packet.outerFamily
    const length = packet.outerFamily === Family.IPV4 ? 4 : 16
    const source = reversed ? packet.outerDestination : packet.outerSource
    const destination = reversed ? packet.outerSource : packet.outerDestination
    for (let i = 0; i < length; i++) {
      const shift = 24 - 8 * (i & 3)
      wanted[ADDRESSES + (i >> 2)] |= packet.bytes[source + i] << shift
      wanted[ADDRESSES + 4 + (i >> 2)] |= packet.bytes[destination + i] << shift
    }
  }

  #bucket(): number {
    let hash = 0
    for (const word of this.#wanted) hash = Math.imul(hash ^ word ^ (word >>> 15), 0x9e3779b1)
    return (hash >>> 16) % BUCKETS
  }

  #matches(entry: number): boolean {
    for (let i = 0; i < ENTRY_WORDS; i++) {
      if (i !== USES && this.#words[entry * ENTRY_WORDS + i] !== this.#wanted[i]) return false
    }
    return true
  }

  #address(from: number, length: number): Uint8Array {
    return Uint8Array.from({ length }, (_, i) => this.#words[from + (i >> 2)] >>> (24 - 8 * (i & 3)))
  }
}
