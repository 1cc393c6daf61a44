import { Frame, type FrameHandler } from './frame.ts'
import { RING_BLOCK_OCTETS } from './ring-size.ts'

/*
 * Offsets in a block (struct tpacket_block_desc) and in a packet of it (struct tpacket3_hdr, then struct sockaddr_ll):
 *   block   12 packet count   16 offset of the first packet
 *   packet  0 offset of the next   4 seconds   8 nanoseconds   12 captured   16 wire length   20 status   24 frame (16 bit)
 *           32 VLAN control      58 packet type (8 bit)
 */
const BLOCK_PACKETS = 12
const BLOCK_FIRST = 16
const VLAN_VALID = 1 << 4
const PACKET_TYPE = 58
const OUTGOING = 4

export interface RingBlocksOptions {
  linkType: number
  /** The outgoing copy of a packet is not handed on. */
  skipsOutgoing: boolean
  /** VLAN identifier of every frame; 0 for that of its tag. */
  vlanId: number
}

/** Reads the blocks of a ring in place. */
export class RingBlocks {
  /** Packets in the blocks that were read, handed on or not. */
  packets = 0
  #snapped = 0
  #snappedOctets = 0
  readonly #options: RingBlocksOptions
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #frame = new Frame()

  constructor(memory: ArrayBuffer, options: RingBlocksOptions) {
    this.#options = options
    this.#bytes = new Uint8Array(memory)
    this.#view = new DataView(memory)
    this.#frame.bytes = this.#bytes
    this.#frame.linkType = options.linkType
  }

  /** Hands on the frames of a block by its number; returns how many. */
  read(number: number, handler: FrameHandler): number {
    const block = number * RING_BLOCK_OCTETS
    const view = this.#view
    const frame = this.#frame
    const packets = view.getUint32(block + BLOCK_PACKETS, true)
    const { skipsOutgoing, vlanId: ownVlan } = this.#options
    let at = block + view.getUint32(block + BLOCK_FIRST, true)
    let count = 0
    for (let i = 0; i < packets; i++) {
      // Kernels before 4.20 do not know the option and still show the outgoing copy.
      if (!skipsOutgoing || this.#bytes[at + PACKET_TYPE] !== OUTGOING) {
        frame.offset = at + view.getUint16(at + 24, true)
        frame.capturedLength = view.getUint32(at + 12, true)
        frame.wireLength = view.getUint32(at + 16, true)
        frame.timeUs = view.getUint32(at + 4, true) * 1e6 + Math.floor(view.getUint32(at + 8, true) / 1000)
        frame.vlanId =
          (view.getUint32(at + 20, true) & VLAN_VALID) !== 0 && ownVlan === 0
            ? view.getUint32(at + 32, true) & 0xfff
            : ownVlan
        if (frame.capturedLength < frame.wireLength) {
          this.#snapped++
          this.#snappedOctets += frame.wireLength - frame.capturedLength
        }
        handler(frame)
        count++
      }
      at += view.getUint32(at, true)
    }
    this.packets += packets
    return count
  }

  /** Packets of which only the head was kept, and the octets that were not, since the call before. */
  takeSnapped(): { packets: number; octets: number } {
    const snapped = { packets: this.#snapped, octets: this.#snappedOctets }
    this.#snapped = 0
    this.#snappedOctets = 0
    return snapped
  }

  /** Lets go of the memory, which is gone by now. */
  close(): void {
    this.#frame.bytes = new Uint8Array(0)
  }
}
