import { Family, type Packet } from '../decode/packet.ts'
import * as layout from './layout.ts'

const { KEY_A, KEY_B, KEY_KIND, KEY_META, KEY_PORTS, KEY_TUNNEL, KIND_ONE_WAY } = layout
const { IPV4, IPV6 } = Family

/** Words 1 to 3 of the addresses of a, then of b, behind the words of the record's head. */
export const KEY_REST = 6
const B_REST = KEY_REST + 3
const KEY_WORDS = KEY_REST + 6

/**
 * The canonical key of a packet, as words in a reused array: both directions of a conversation give the same key. The
 * end with the smaller address (then port) is a. One-way ICMP keeps its direction, as Community ID does.
 */
export class FlowKey {
  /** The first six as in the record's head. */
  readonly words = new Int32Array(KEY_WORDS)
  /** Whether addresses have more than one word. */
  isWide = false
  hash = 0
  /** Whether the packet went from b to a. */
  fromB = false

  set(packet: Packet): void {
    const { words } = this
    const { view, family } = packet
    words[KEY_META] = packet.protocol | (packet.vlanId << 8) | (packet.innerVlanId << 20)
    words[KEY_KIND] = family | (packet.oneWay ? KIND_ONE_WAY : 0) | (packet.etherType << 16)
    words[KEY_TUNNEL] = packet.tunnel
    if (family === IPV4) {
      this.isWide = false
      words[KEY_A] = view.getInt32(packet.sourceAddress)
      words[KEY_B] = view.getInt32(packet.destinationAddress)
    } else {
      this.isWide = true
      if (family === IPV6) setAddresses(words, view, packet.sourceAddress, packet.destinationAddress)
      else setLinkAddresses(words, view, packet.sourceMac, packet.destinationMac)
    }
    const { sourcePort, destinationPort } = packet
    this.fromB = !packet.oneWay && !isOrdered(words, this.isWide, sourcePort, destinationPort)
    if (this.fromB) {
      words[KEY_PORTS] = (destinationPort << 16) | sourcePort
      swapEnds(words, this.isWide)
    } else {
      words[KEY_PORTS] = (sourcePort << 16) | destinationPort
    }
    this.hash = hashOf(words, this.isWide)
  }
}

function setAddresses(words: Int32Array, view: DataView, source: number, destination: number): void {
  words[KEY_A] = view.getInt32(source)
  words[KEY_B] = view.getInt32(destination)
  for (let i = 0; i < 3; i++) {
    words[KEY_REST + i] = view.getInt32(source + 4 + 4 * i)
    words[B_REST + i] = view.getInt32(destination + 4 + 4 * i)
  }
}

/** Six octets in two words, 0 where the link has no address; the rest of the four words is 0. */
function setLinkAddresses(words: Int32Array, view: DataView, source: number, destination: number): void {
  words.fill(0, KEY_REST)
  words[KEY_A] = source >= 0 ? view.getInt32(source) : 0
  words[KEY_B] = destination >= 0 ? view.getInt32(destination) : 0
  if (source >= 0) words[KEY_REST] = view.getUint16(source + 4)
  if (destination >= 0) words[B_REST] = view.getUint16(destination + 4)
}

function isOrdered(words: Int32Array, wide: boolean, sourcePort: number, destinationPort: number): boolean {
  if (words[KEY_A] !== words[KEY_B]) return words[KEY_A] >>> 0 < words[KEY_B] >>> 0
  if (wide) {
    for (let i = 0; i < 3; i++) {
      const a = words[KEY_REST + i]
      const b = words[B_REST + i]
      if (a !== b) return a >>> 0 < b >>> 0
    }
  }
  return sourcePort <= destinationPort
}

function swapEnds(words: Int32Array, wide: boolean): void {
  const a = words[KEY_A]
  words[KEY_A] = words[KEY_B]
  words[KEY_B] = a
  if (!wide) return
  for (let i = 0; i < 3; i++) {
    const rest = words[KEY_REST + i]
    words[KEY_REST + i] = words[B_REST + i]
    words[B_REST + i] = rest
  }
}

/** Multiplicative mixing with the finaliser of MurmurHash3; the seed is not secret, the table's bound is the defence. */
function hashOf(words: Int32Array, wide: boolean): number {
  let hash = Math.imul(words[KEY_META], 0x9e3779b1) ^ Math.imul(words[KEY_PORTS], 0x85ebca6b) ^ words[KEY_KIND]
  hash = Math.imul(hash ^ words[KEY_A] ^ (words[KEY_TUNNEL] << 3), 0xcc9e2d51)
  hash ^= hash >>> 15
  hash = Math.imul(hash ^ words[KEY_B], 0x1b873593)
  hash ^= hash >>> 13
  if (wide) {
    for (let i = 0; i < 3; i++) {
      hash = Math.imul(hash ^ words[KEY_REST + i], 0xcc9e2d51)
      hash ^= hash >>> 15
      hash = Math.imul(hash ^ words[B_REST + i], 0x1b873593)
      hash ^= hash >>> 13
    }
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
