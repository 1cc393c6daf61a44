import { Family, type Packet } from '../decode/packet.ts'
import { KEY_A, KEY_B, KEY_KIND, KEY_META, KEY_PORTS, KIND_ONE_WAY } from './layout.ts'

const KEY_WORDS = 12

/**
 * The canonical key of a packet, as words in a reused array: both directions of a conversation give the same key. The
 * end with the smaller address (then port) is a. One-way ICMP keeps its direction, as Community ID does.
 */
export class FlowKey {
  readonly words = new Uint32Array(KEY_WORDS)
  hash = 0
  /** Whether the packet went from b to a. */
  fromB = false

  set(packet: Packet): void {
    const { words } = this
    const { bytes, family } = packet
    words[KEY_META] = packet.protocol | (packet.vlanId << 8) | (packet.innerVlanId << 20)
    words[KEY_KIND] = family | (packet.oneWay ? KIND_ONE_WAY : 0) | (packet.etherType << 16)
    if (family === Family.IPV4) {
      words[KEY_A] = word(bytes, packet.sourceAddress)
      words[KEY_B] = word(bytes, packet.destinationAddress)
    } else if (family === Family.IPV6) {
      for (let i = 0; i < 4; i++) {
        words[KEY_A + i] = word(bytes, packet.sourceAddress + 4 * i)
        words[KEY_B + i] = word(bytes, packet.destinationAddress + 4 * i)
      }
    } else {
      setLinkAddress(words, KEY_A, bytes, packet.sourceMac)
      setLinkAddress(words, KEY_B, bytes, packet.destinationMac)
    }
    const wide = family !== Family.IPV4
    const { sourcePort, destinationPort } = packet
    this.fromB = !packet.oneWay && !isOrdered(words, wide, sourcePort, destinationPort)
    if (this.fromB) {
      words[KEY_PORTS] = (destinationPort << 16) | sourcePort
      swapEnds(words, wide)
    } else {
      words[KEY_PORTS] = (sourcePort << 16) | destinationPort
    }
    this.hash = hashOf(words, wide)
  }
}

function word(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3]
}

/** Six octets in two words, 0 where the link has no address; the rest of the four words is 0. */
function setLinkAddress(words: Uint32Array, at: number, bytes: Uint8Array, offset: number): void {
  const has = offset >= 0
  words[at] = has ? word(bytes, offset) : 0
  words[at + 1] = has ? (bytes[offset + 4] << 8) | bytes[offset + 5] : 0
  words[at + 2] = 0
  words[at + 3] = 0
}

function isOrdered(words: Uint32Array, wide: boolean, sourcePort: number, destinationPort: number): boolean {
  const count = wide ? 4 : 1
  for (let i = 0; i < count; i++) {
    const a = words[KEY_A + i]
    const b = words[KEY_B + i]
    if (a !== b) return a < b
  }
  return sourcePort <= destinationPort
}

function swapEnds(words: Uint32Array, wide: boolean): void {
  const count = wide ? 4 : 1
  for (let i = 0; i < count; i++) {
    const a = words[KEY_A + i]
    words[KEY_A + i] = words[KEY_B + i]
    words[KEY_B + i] = a
  }
}

/** Multiplicative mixing with the finaliser of MurmurHash3; the seed is not secret, the table's bound is the defence. */
function hashOf(words: Uint32Array, wide: boolean): number {
  let hash = Math.imul(words[KEY_META], 0x9e3779b1) ^ Math.imul(words[KEY_PORTS], 0x85ebca6b) ^ words[KEY_KIND]
  const count = wide ? 4 : 1
  for (let i = 0; i < count; i++) {
    hash = Math.imul(hash ^ words[KEY_A + i], 0xcc9e2d51)
    hash ^= hash >>> 15
    hash = Math.imul(hash ^ words[KEY_B + i], 0x1b873593)
    hash ^= hash >>> 13
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
