import { setTimeout as sleep } from 'node:timers/promises'
import { PASS_EVERYTHING, PASS_NOTHING, withSnapLength } from './bpf.ts'
import { CaptureError } from './capture-error.ts'
import { Frame, type FrameHandler } from './frame.ts'
import type { InterfaceDescription } from './interfaces.ts'
import { LinkType } from './link-type.ts'
import { loadRingAddon, type NativeRing, type RingAddon } from './native-ring.ts'
import type { PacketSource } from './packet-source.ts'
import { PacketSockets } from './packet-sockets.ts'
import { RING_BLOCK_OCTETS, ringBlocks } from './ring-size.ts'
import { withoutVlans } from './vlan-filter.ts'

/** A block that is full wakes the reader at once; one that is not, after this long. */
export const RETIRE_MS = 100
/** Looks for what the kernel holds back when capture ends, and how long they may take. */
const REST_POLL_MS = 10
const REST_MS = 4 * RETIRE_MS
/** Enough for headers and what recognisers look at; segments of up to 64 KiB on their way to the card would fill the ring. */
export const SNAP_LENGTH = 4_096

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

export interface RingSourceOptions {
  interface: Pick<InterfaceDescription, 'name' | 'index' | 'isEthernet' | 'isLoopback'>
  /** Size of the ring, in blocks of 256 KiB; that of a sole interface by default. */
  blocks?: number
  /** See packets for other hosts too. */
  promiscuous?: boolean
  /** Octets kept of a packet, 4,096 by default. */
  snapLength?: number
  /** A program of classic BPF that lets pass what is asked for; everything by default. */
  filter?: Uint8Array
  /** VLAN identifier of frames without a tag: those of an interface of that VLAN. */
  vlanId?: number
  /** Where its socket is from and goes back to; by default it opens one of its own. */
  sockets?: PacketSockets
}

/** A live interface of Linux by way of a ring that the kernel fills; the packets are read in place. */
export class RingSource implements PacketSource {
  readonly kind = 'ring'
  ended = false
  readonly error: CaptureError | undefined = undefined
  readonly #options: RingSourceOptions
  readonly #frame = new Frame()
  #addon: RingAddon | undefined
  #ring: NativeRing | undefined
  #sockets: PacketSockets | undefined
  #socket = -1
  #blocks = 0
  #vlansElsewhere: readonly number[] = []
  #snapped = 0
  #snappedOctets = 0
  #bytes = new Uint8Array(0)
  #view = new DataView(new ArrayBuffer(0))

  constructor(options: RingSourceOptions) {
    this.#options = options
  }

  async open(): Promise<void> {
    const { name, index, isEthernet, isLoopback } = this.#options.interface
    this.#blocks = this.#options.blocks ?? ringBlocks({ isLoopback }, 1)
    const addon = loadRingAddon()
    this.#sockets = this.#options.sockets ?? new PacketSockets(addon)
    try {
      this.#socket = this.#sockets.take(!isEthernet)
      this.#ring = addon.open(this.#socket, index, {
        blockSize: RING_BLOCK_OCTETS,
        blockCount: this.#blocks,
        retireMs: RETIRE_MS,
        filter: this.#program(),
        promiscuous: this.#options.promiscuous ?? false,
        ignoreOutgoing: isLoopback,
      })
    } catch (error) {
      this.#giveBackSocket()
      throw toCaptureError(name, error)
    }
    this.#addon = addon
    this.#bytes = new Uint8Array(this.#ring.memory)
    this.#view = new DataView(this.#ring.memory)
    this.#frame.bytes = this.#bytes
    this.#frame.linkType = isEthernet ? LinkType.ETHERNET : LinkType.RAW
  }

  read(handler: FrameHandler, budget: number): number {
    const addon = this.#addon
    const ring = this.#ring
    if (!addon || !ring) return 0
    let count = 0
    // At most one lap: a ring that fills as fast as it is read must not hold the event loop.
    for (let blocks = 0; blocks < this.#blocks && count < budget; blocks++) {
      const block = addon.next(ring)
      if (block < 0) break
      try {
        count += this.#readBlock(block * RING_BLOCK_OCTETS, handler)
      } finally {
        addon.release(ring)
      }
    }
    return count
  }

  takeDrops(): number {
    return this.#addon && this.#ring ? this.#addon.drops(this.#ring) : 0
  }

  takeFreezes(): number {
    return this.#addon && this.#ring ? this.#addon.freezes(this.#ring) : 0
  }

  takeSnapped(): { packets: number; octets: number } {
    const snapped = { packets: this.#snapped, octets: this.#snappedOctets }
    this.#snapped = 0
    this.#snappedOctets = 0
    return snapped
  }

  wakeWhenReady(wake: () => void): boolean {
    return this.#addon !== undefined && this.#ring !== undefined && this.#addon.arm(this.#ring, wake)
  }

  leaveOutVlans(identifiers: readonly number[]): void {
    if (identifiers.join() === this.#vlansElsewhere.join()) return
    this.#vlansElsewhere = [...identifiers]
    if (this.#addon && this.#ring) this.#addon.setFilter(this.#ring, this.#program())
  }

  async finish(handler: FrameHandler): Promise<void> {
    const addon = this.#addon
    const ring = this.#ring
    if (!addon || !ring) return
    addon.setFilter(ring, PASS_NOTHING)
    const deadline = performance.now() + REST_MS
    for (;;) {
      while (this.read(handler, Infinity) > 0);
      if (addon.pending(ring) === 0 || performance.now() > deadline) return
      await sleep(REST_POLL_MS)
    }
  }

  async close(): Promise<void> {
    this.ended = true
    if (this.#addon && this.#ring) this.#addon.close(this.#ring)
    this.#ring = undefined
    this.#frame.bytes = new Uint8Array(0)
    this.#giveBackSocket()
  }

  #program(): Uint8Array {
    const { filter = PASS_EVERYTHING, snapLength = SNAP_LENGTH } = this.#options
    return withoutVlans(this.#vlansElsewhere, withSnapLength(filter, snapLength))
  }

  #giveBackSocket(): void {
    if (this.#socket >= 0) this.#sockets?.giveBack(this.#socket, !this.#options.interface.isEthernet)
    this.#socket = -1
    if (!this.#options.sockets) this.#sockets?.close()
  }

  #readBlock(block: number, handler: FrameHandler): number {
    const view = this.#view
    const frame = this.#frame
    const packets = view.getUint32(block + BLOCK_PACKETS, true)
    const skipOutgoing = this.#options.interface.isLoopback
    const ownVlan = this.#options.vlanId ?? 0
    let at = block + view.getUint32(block + BLOCK_FIRST, true)
    let count = 0
    for (let i = 0; i < packets; i++) {
      // Kernels before 4.20 do not know the option and still show the outgoing copy.
      if (!skipOutgoing || this.#bytes[at + PACKET_TYPE] !== OUTGOING) {
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
    return count
  }
}

function toCaptureError(name: string, error: unknown): CaptureError {
  if (error instanceof CaptureError) return error
  const code = error instanceof Error && 'code' in error ? error.code : ''
  const reason = error instanceof Error ? error.message : String(error)
  if (code === 'EPERM') {
    return new CaptureError(
      'capture-no-permission',
      `capture needs CAP_NET_RAW (interface ${name}, ${reason}); run as root or give node that capability`,
    )
  }
  if (code === 'ENODEV') return new CaptureError('capture-no-interface', `there is no interface ${name} to capture`)
  return new CaptureError('capture-failed', `interface ${name} cannot be captured (${reason})`)
}
