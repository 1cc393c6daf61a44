import { setTimeout as sleep } from 'node:timers/promises'
import { PASS_EVERYTHING, PASS_NOTHING, withSnapLength } from './bpf.ts'
import type { CaptureError } from './capture-error.ts'
import type { FrameHandler } from './frame.ts'
import type { InterfaceDescription } from './interfaces.ts'
import { LinkType } from './link-type.ts'
import { loadRingAddon, type NativeRing, type RingAddon } from './native-ring.ts'
import type { PacketSource } from './packet-source.ts'
import { PacketSockets } from './packet-sockets.ts'
import { RingBlocks } from './ring-blocks.ts'
import { toRingError } from './ring-error.ts'
import { RING_BLOCK_OCTETS, ringBlocks } from './ring-size.ts'
import { withoutVlans } from './vlan-filter.ts'

/** A block that is full wakes the reader at once; one that is not, after this long. */
export const RETIRE_MS = 100
/** Looks for what the kernel holds back when capture ends, and how long they may take. */
const REST_POLL_MS = 10
const REST_MS = 4 * RETIRE_MS
/** Enough for headers and what recognisers look at; segments of up to 64 KiB on their way to the card would fill the ring. */
export const SNAP_LENGTH = 4_096

/** Enough for the headers of a packet in a tunnel, and for what many recognisers look at. */
const SHORT_SNAP_LENGTH = 256

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
  /** Nothing comes before `letPass`. */
  startsShut?: boolean
}

/** A live interface of Linux by way of a ring that the kernel fills; the packets are read in place. */
export class RingSource implements PacketSource {
  readonly kind = 'ring'
  ended = false
  readonly error: CaptureError | undefined = undefined
  readonly #options: RingSourceOptions
  readonly #counts = new Uint32Array(3)
  #addon: RingAddon | undefined
  #ring: NativeRing | undefined
  #ringBlocks: RingBlocks | undefined
  #sockets: PacketSockets | undefined
  #socket = -1
  #blocks = 0
  #isShut: boolean
  #keepsHeads = false
  #vlansElsewhere: readonly number[] = []
  #taken = 0
  #freezes = 0

  constructor(options: RingSourceOptions) {
    this.#options = options
    this.#isShut = options.startsShut ?? false
  }

  /** Packets the kernel put into the ring, as of the last `takeDrops`. */
  get taken(): number {
    return this.#taken
  }

  /** Packets that were read out of the ring. */
  get packetsRead(): number {
    return this.#ringBlocks?.packets ?? 0
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
      throw toRingError(name, error)
    }
    this.#addon = addon
    this.#ringBlocks = new RingBlocks(this.#ring.memory, {
      linkType: isEthernet ? LinkType.ETHERNET : LinkType.RAW,
      skipsOutgoing: isLoopback,
      vlanId: this.#options.vlanId ?? 0,
    })
  }

  /** Lets in what is asked for, of a source that started shut, or nothing from now on. */
  letPass(isOpen = true): void {
    this.#isShut = !isOpen
    this.#setFilter()
  }

  /** From now on no more than 256 octets of a packet, or all that is asked for again: what is cut is snapped. */
  keepHeads(keepsHeads: boolean): void {
    if (keepsHeads === this.#keepsHeads) return
    this.#keepsHeads = keepsHeads
    this.#setFilter()
  }

  get isOpen(): boolean {
    return this.#ring !== undefined
  }

  /** Blocks of the whole ring. */
  get blocks(): number {
    return this.#blocks
  }

  /** Whether so many blocks wait to be read. */
  hasWaiting(blocks: number): boolean {
    return this.#addon !== undefined && this.#ring !== undefined && this.#addon.isReady(this.#ring, blocks - 1)
  }

  /** Whether a source that was shut has handed on all that it took in. */
  get isDrained(): boolean {
    return this.#addon === undefined || this.#ring === undefined || this.#addon.pending(this.#ring) === 0
  }

  read(handler: FrameHandler, budget: number): number {
    const addon = this.#addon
    const ring = this.#ring
    const ringBlocks = this.#ringBlocks
    if (!addon || !ring || !ringBlocks) return 0
    let count = 0
    // At most one lap: a ring that fills as fast as it is read must not hold the event loop.
    for (let blocks = 0; blocks < this.#blocks && count < budget; blocks++) {
      const block = addon.next(ring)
      if (block < 0) break
      try {
        count += ringBlocks.read(block, handler)
      } finally {
        addon.release(ring)
      }
    }
    return count
  }

  takeDrops(): number {
    if (!this.#addon || !this.#ring) return 0
    this.#addon.statistics(this.#socket, this.#counts)
    const [passed, drops, freezes] = this.#counts
    this.#taken += passed - drops
    this.#freezes += freezes
    return drops
  }

  takeFreezes(): number {
    const freezes = this.#freezes
    this.#freezes = 0
    return freezes
  }

  takeSnapped(): { packets: number; octets: number } {
    return this.#ringBlocks?.takeSnapped() ?? { packets: 0, octets: 0 }
  }

  wakeWhenReady(wake: () => void): boolean {
    return this.#addon !== undefined && this.#ring !== undefined && this.#addon.arm(this.#ring, wake)
  }

  leaveOutVlans(identifiers: readonly number[]): void {
    if (identifiers.join() === this.#vlansElsewhere.join()) return
    this.#vlansElsewhere = [...identifiers]
    this.#setFilter()
  }

  async finish(handler: FrameHandler): Promise<void> {
    const addon = this.#addon
    const ring = this.#ring
    if (!addon || !ring) return
    this.letPass(false)
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
    this.#ringBlocks?.close()
    this.#giveBackSocket()
  }

  #setFilter(): void {
    if (this.#addon && this.#ring) this.#addon.setFilter(this.#ring, this.#program())
  }

  #program(): Uint8Array {
    if (this.#isShut) return PASS_NOTHING
    const { filter = PASS_EVERYTHING, snapLength = SNAP_LENGTH } = this.#options
    const octets = this.#keepsHeads ? Math.min(snapLength, SHORT_SNAP_LENGTH) : snapLength
    return withoutVlans(this.#vlansElsewhere, withSnapLength(filter, octets))
  }

  #giveBackSocket(): void {
    if (this.#socket >= 0) this.#sockets?.giveBack(this.#socket, !this.#options.interface.isEthernet)
    this.#socket = -1
    if (!this.#options.sockets) this.#sockets?.close()
  }
}
