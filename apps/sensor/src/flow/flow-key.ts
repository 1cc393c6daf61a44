import { EtherType } from '../decode/ether-type.ts'
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
    const { family } = packet
    words[KEY_META] = packet.protocol | (packet.vlanId << 8) | (packet.innerVlanId << 20)
    words[KEY_KIND] = family | (packet.oneWay ? KIND_ONE_WAY : 0) | (packet.etherType << 16)
    words[KEY_TUNNEL] = packet.tunnel
    if (family === IPV4) this.#setNarrow(packet)
    else this.#setWide(packet)
  }

  #setNarrow(packet: Packet): void {
    const { words } = this
    const { view, sourcePort, destinationPort } = packet
    const source = view.getInt32(packet.sourceAddress)
    const destination = view.getInt32(packet.destinationAddress)
    const isOrdered = source === destination ? sourcePort <= destinationPort : source >>> 0 < destination >>> 0
    const fromB = !isOrdered && !packet.oneWay
    const a = fromB ? destination : source
    const b = fromB ? source : destination
    const ports = fromB ? (destinationPort << 16) | sourcePort : (sourcePort << 16) | destinationPort
    words[KEY_A] = a
    words[KEY_B] = b
    words[KEY_PORTS] = ports
    this.isWide = false
    this.fromB = fromB
    this.hash = finish(mix(words[KEY_META], ports, words[KEY_KIND], a ^ (words[KEY_TUNNEL] << 3), b))
  }

  #setWide(packet: Packet): void {
    const { words } = this
    const { view, sourcePort, destinationPort } = packet
    if (packet.family === IPV6) setAddresses(words, view, packet.sourceAddress, packet.destinationAddress)
    else setLinkAddresses(words, view, packet.sourceMac, packet.destinationMac)
    this.isWide = true
    this.fromB = !packet.oneWay && !isOrdered(words, sourcePort, destinationPort)
    if (this.fromB) swapEnds(words)
    words[KEY_PORTS] = this.fromB ? (destinationPort << 16) | sourcePort : (sourcePort << 16) | destinationPort
    this.hash = hashOf(words)
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

function isOrdered(words: Int32Array, sourcePort: number, destinationPort: number): boolean {
  if (words[KEY_A] !== words[KEY_B]) return words[KEY_A] >>> 0 < words[KEY_B] >>> 0
  for (let i = 0; i < 3; i++) {
    const a = words[KEY_REST + i]
    const b = words[B_REST + i]
    if (a !== b) return a >>> 0 < b >>> 0
  }
  return sourcePort <= destinationPort
}

function swapEnds(words: Int32Array): void {
  const a = words[KEY_A]
  words[KEY_A] = words[KEY_B]
  words[KEY_B] = a
  for (let i = 0; i < 3; i++) {
    const rest = words[KEY_REST + i]
    words[KEY_REST + i] = words[B_REST + i]
    words[B_REST + i] = rest
  }
}

/** Octets that `hashOfUsual` reads of a frame. */
export const USUAL_HEADERS = 38
const USUAL_KIND = IPV4 | (EtherType.IPV4 << 16)
const PROTOCOL_AT = 23
const SOURCE_AT = 26
const DESTINATION_AT = 30
const PORTS_AT = 34

/**
 * The hash of the key of TCP or UDP in IPv4 without options in an Ethernet frame without tags, which starts at an offset; that of any other
 * frame means nothing.
 */
export function hashOfUsual(view: DataView, frame: number): number {
  const source = view.getInt32(frame + SOURCE_AT)
  const destination = view.getInt32(frame + DESTINATION_AT)
  const ports = view.getInt32(frame + PORTS_AT)
  const protocol = view.getUint8(frame + PROTOCOL_AT)
  const turned = (ports << 16) | (ports >>> 16)
  const isOrdered = source === destination ? ports >>> 16 <= (ports & 0xffff) : source >>> 0 < destination >>> 0
  if (isOrdered) return finish(mix(protocol, ports, USUAL_KIND, source, destination))
  return finish(mix(protocol, turned, USUAL_KIND, destination, source))
}

/** The seed is not secret: the table's bound is the defence. */
function hashOf(words: Int32Array): number {
  const a = words[KEY_A] ^ (words[KEY_TUNNEL] << 3)
  let hash = mix(words[KEY_META], words[KEY_PORTS], words[KEY_KIND], a, words[KEY_B])
  for (let i = 0; i < 3; i++) {
    hash = Math.imul(hash ^ words[KEY_REST + i], 0xcc9e2d51)
    hash ^= hash >>> 15
    hash = Math.imul(hash ^ words[B_REST + i], 0x1b873593)
    hash ^= hash >>> 13
  }
  return finish(hash)
}

/** Multiplicative mixing of what every key has. */
function mix(meta: number, ports: number, kind: number, a: number, b: number): number {
  let hash = Math.imul(meta, 0x9e3779b1) ^ Math.imul(ports, 0x85ebca6b) ^ kind
  hash = Math.imul(hash ^ a, 0xcc9e2d51)
  hash ^= hash >>> 15
  hash = Math.imul(hash ^ b, 0x1b873593)
  return hash ^ (hash >>> 13)
}

/** The finaliser of MurmurHash3. */
function finish(mixed: number): number {
  let hash = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
