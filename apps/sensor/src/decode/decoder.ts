import type { Frame } from '../capture/frame.ts'
import { DecodeStatus } from './decode-status.ts'
import { decodeEthernet } from './ethernet.ts'
import { FragmentPorts } from './fragment-ports.ts'
import { decodeLink } from './link.ts'
import { decodeNetwork } from './network.ts'
import { Family, Inner, Packet } from './packet.ts'
import { decodeRawIp } from './raw-ip.ts'
import { type FragmentCounts, Reassembly } from './reassembly.ts'
import { decodeWifi } from './wifi.ts'

const { ETHERNET, IP, NONE, WIFI } = Inner
const { OK } = DecodeStatus
/** Tunnels in one another that are followed; a packet in more belongs to the flow of the last. */
const MAX_DEPTH = 4

/** Decodes frames into one reused Packet. Keeps nothing else but fragments, in bounded tables. */
export class Decoder {
  packet = new Packet()
  #outer = new Packet()
  readonly #fragments = new FragmentPorts()
  readonly #reassembly = new Reassembly()

  /** What became of fragmented packets so far. */
  get fragments(): FragmentCounts {
    return this.#reassembly.counts
  }

  decode(frame: Frame): DecodeStatus {
    const packet = this.packet
    packet.setBytes(frame.bytes)
    packet.timeUs = frame.timeUs
    packet.frameLength = frame.wireLength
    packet.wireEnd = frame.offset + frame.wireLength
    packet.sourceMac = -1
    packet.destinationMac = -1
    packet.vlanId = frame.vlanId
    packet.innerVlanId = 0
    packet.tunnel = 0
    packet.depth = 0
    packet.innerType = NONE
    const status = decodeLink(frame, packet)
    if (status !== OK) return status
    if (packet.innerType !== NONE) this.#unwrap(frame.offset + frame.capturedLength)
    if (this.packet.laterFragment || this.packet.moreFragments) this.#resolve(this.packet)
    return OK
  }

  #resolve(packet: Packet): void {
    this.#fragments.resolve(packet)
    packet.whole = this.#reassembly.add(packet)
  }

  /** Goes into tunnels as far as they hold what they say. What is not sound inside belongs to the packet around it. */
  #unwrap(end: number): void {
    while (this.packet.innerType !== NONE && this.packet.depth < MAX_DEPTH) {
      const outer = this.packet
      const inner = this.#outer
      inner.enter(outer)
      if (decodeInner(outer, inner, end) !== OK) return
      if (inner.family === Family.NONE && outer.innerType !== ETHERNET && outer.innerType !== WIFI) return
      this.packet = inner
      this.#outer = outer
    }
  }
}

function decodeInner(outer: Packet, inner: Packet, end: number): DecodeStatus {
  const { bytes, inner: start, innerType } = outer
  const innerEnd = end < outer.wireEnd ? end : outer.wireEnd
  if (innerType === ETHERNET) return decodeEthernet(bytes, start, innerEnd, inner)
  if (innerType === WIFI) return decodeWifi(bytes, start, innerEnd, inner)
  if (innerType === IP) return decodeRawIp(bytes, start, innerEnd, inner)
  return decodeNetwork(bytes, start, innerEnd, innerType, inner)
}
