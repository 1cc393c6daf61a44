import { Frame } from '../src/capture/frame.ts'
import { LinkType } from '../src/capture/link-type.ts'
import { toEcs } from '../src/commands/to-ecs.ts'
import { DECODE_CAUSES, DecodeStatus } from '../src/decode/decode-status.ts'
import { Decoder } from '../src/decode/decoder.ts'
import { Family, type Packet } from '../src/decode/packet.ts'
import { FlowKey } from '../src/flow/flow-key.ts'
import { FlowTable } from '../src/flow/flow-table.ts'
import { toFlow } from '../src/flow/to-flow.ts'
import type { FuzzTarget } from './target.ts'

const LINK_TYPES = Object.values(LinkType)
const T0 = 1_700_000_000_000_000
const MAX_FLOWS = 256

/**
 * Decoder and flow table: whatever comes, no exception, both directions of a packet give one key, and every packet is in a
 * flow or has a cause.
 */
export class DecodeTarget implements FuzzTarget {
  readonly #decoder = new Decoder()
  readonly #frame = new Frame()
  readonly #key = new FlowKey()
  readonly #mirrored = new FlowKey()
  readonly #table: FlowTable
  #timeUs = T0
  #read = 0
  #undecodable = 0
  #inFlows = 0

  constructor() {
    this.#table = new FlowTable({
      idleTimeoutUs: 1e6,
      activeTimeoutUs: 3e6,
      maxFlows: MAX_FLOWS,
      inspector: { inspect: (_slot, packet) => packet.payloadLength < 1_000 },
      onEnd: (slot, reason) => {
        const flow = toFlow(this.#table, slot, reason, 'fuzz')
        this.#inFlows += (flow.forward?.packets ?? 0) + (flow.reverse?.packets ?? 0)
        if (this.#read % 64 === 0) JSON.stringify(toEcs(flow))
      },
    })
  }

  feed(input: Uint8Array, random: { below(limit: number): number }): void {
    const frame = this.#frame
    // A copy that ends with the frame: nothing may be read behind it.
    frame.bytes = input
    frame.capturedLength = input.length
    frame.wireLength = input.length + (random.below(4) === 0 ? random.below(2_000) : 0)
    frame.linkType = random.below(8) === 0 ? LINK_TYPES[random.below(LINK_TYPES.length)] : LinkType.ETHERNET
    this.#timeUs += random.below(50_000) - 5_000
    frame.timeUs = this.#timeUs
    this.#read++
    const status = this.#decoder.decode(frame)
    if (status !== DecodeStatus.OK) {
      if (!DECODE_CAUSES[status]) throw new Error(`a status without a cause: ${status}`)
      this.#undecodable++
      return
    }
    this.#checkPacket(this.#decoder.packet, input.length)
    this.#table.update(this.#decoder.packet)
  }

  settle(): void {
    while (this.#table.endSome(64));
    if (this.#inFlows + this.#undecodable !== this.#read) {
      throw new Error(`${this.#read} packets read, ${this.#inFlows} in flows, ${this.#undecodable} undecodable`)
    }
  }

  close(): void {
    // Holds nothing but memory.
  }

  #checkPacket(packet: Packet, length: number): void {
    const isSound = packet.payload >= 0 && packet.payloadEnd >= packet.payload && packet.payloadLength >= 0
    if (!isSound || (packet.payloadEnd > length && packet.payloadEnd !== packet.payload)) {
      throw new Error(
        `payload ${packet.payload} to ${packet.payloadEnd} of ${length}, ${packet.payloadLength} on the wire`,
      )
    }
    if (packet.length < 0) throw new Error(`length ${packet.length}`)
    if (packet.oneWay) return
    this.#key.set(packet)
    mirror(packet)
    this.#mirrored.set(packet)
    mirror(packet)
    const isSame = this.#key.words.every((word, i) => word === this.#mirrored.words[i] || (i >= 6 && !this.#key.isWide))
    if (!isSame || this.#key.hash !== this.#mirrored.hash) throw new Error('two keys for the directions of one flow')
  }
}

/** Turns the packet round, as if the other end had sent it. */
function mirror(packet: Packet): void {
  const { sourcePort, sourceAddress, sourceMac } = packet
  packet.sourcePort = packet.destinationPort
  packet.destinationPort = sourcePort
  packet.sourceAddress = packet.family === Family.NONE ? sourceAddress : packet.destinationAddress
  packet.destinationAddress = packet.family === Family.NONE ? packet.destinationAddress : sourceAddress
  packet.sourceMac = packet.destinationMac
  packet.destinationMac = sourceMac
}
