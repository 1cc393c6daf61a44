import { Fit, HoleList } from './hole-list.ts'
import { Family, type Packet } from './packet.ts'

/** Octets of payload that are put together: what recognisers look at of a stream, too. */
export const MAX_JOINED = 16_384
const MAX_PAYLOAD = 65_535
const HEADER = 40
const KEY_WORDS = 10

/** What became of a fragment. */
export const Joined = {
  /** More are needed, or it was there before. */
  WAITS: 0,
  /** The packet is whole, or as much of it as is put together. */
  WHOLE: 1,
  /** It overlaps, reaches past 65,535 octets or is no multiple of 8 octets: the packet is given up (RFC 5722, RFC 8200 section 4.5). */
  HOSTILE: 2,
  /** The capture holds only part of it. */
  CUT: 3,
} as const
export type Joined = (typeof Joined)[keyof typeof Joined]

/** One packet that is being put together from its fragments: room for an IP header, then its payload. */
export class FragmentedPacket {
  /** Time of its first fragment. */
  startedUs = 0
  /** Given up or handed on; further fragments of it are passed over. */
  isOver = true
  readonly bytes = new Uint8Array(HEADER + MAX_JOINED)
  readonly #key = new Int32Array(KEY_WORDS)
  readonly #holes = new HoleList()
  /** Octets of payload; 0 before the last fragment. */
  #length = 0

  start(key: Int32Array, timeUs: number): void {
    this.#key.set(key)
    this.#holes.reset()
    this.#length = 0
    this.startedUs = timeUs
    this.isOver = false
  }

  isOf(key: Int32Array): boolean {
    for (let i = 0; i < KEY_WORDS; i++) if (this.#key[i] !== key[i]) return false
    return true
  }

  add(packet: Packet): Joined {
    const { fragmentBody, fragmentEnd, wireEnd, moreFragments } = packet
    if (fragmentEnd < wireEnd) return Joined.CUT
    const start = packet.fragmentOffset
    const end = start + fragmentEnd - fragmentBody
    const isBehind = end > (this.#length === 0 ? MAX_PAYLOAD : this.#length)
    if (isBehind || (moreFragments && ((end - start) & 7) !== 0)) return Joined.HOSTILE
    if (end === start) return Joined.WAITS
    const fit = this.#holes.fill(start, end, !moreFragments)
    if (fit === Fit.SEEN) return this.#isSame(packet, start, end) ? Joined.WAITS : Joined.HOSTILE
    if (fit !== Fit.NEW) return Joined.HOSTILE
    if (!moreFragments) this.#length = end
    const kept = Math.min(end, MAX_JOINED)
    if (kept > start) this.bytes.set(packet.bytes.subarray(fragmentBody, fragmentBody + kept - start), HEADER + start)
    if (start === 0) this.#copyHeader(packet)
    const isWhole = this.#length > 0 && this.#holes.isFilledTo(this.#length)
    return isWhole || this.#holes.isFilledTo(MAX_JOINED) ? Joined.WHOLE : Joined.WAITS
  }

  /** Where the IP header starts in `bytes`, with `length` octets of packet in all; decodes as a packet that never was in pieces. */
  finish(family: number): { start: number; length: number } {
    const payload = this.#length === 0 ? MAX_JOINED : Math.min(this.#length, MAX_JOINED)
    const headerLength = family === Family.IPV4 ? 20 : HEADER
    const start = HEADER - headerLength
    const claimed = family === Family.IPV4 ? payload + headerLength : payload
    const at = family === Family.IPV4 ? start + 2 : start + 4
    this.bytes[at] = claimed >> 8
    this.bytes[at + 1] = claimed & 0xff
    return { start, length: headerLength + payload }
  }

  /** Without options or extension headers, and no fragment any more. */
  #copyHeader({ bytes, family, sourceAddress, fragmentProtocol }: Packet): void {
    if (family === Family.IPV4) {
      this.bytes.set(bytes.subarray(sourceAddress - 12, sourceAddress + 8), HEADER - 20)
      this.bytes[HEADER - 20] = 0x45
      this.bytes.fill(0, HEADER - 14, HEADER - 12)
    } else {
      this.bytes.set(bytes.subarray(sourceAddress - 8, sourceAddress + 32), 0)
      this.bytes[6] = fragmentProtocol
    }
  }

  #isSame({ bytes, fragmentBody }: Packet, start: number, end: number): boolean {
    for (let at = start; at < Math.min(end, MAX_JOINED); at++)
      if (this.bytes[HEADER + at] !== bytes[fragmentBody + at - start]) return false
    return true
  }
}
