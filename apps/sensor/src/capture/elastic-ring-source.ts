import type { FrameHandler } from './frame.ts'
import type { CaptureError } from './capture-error.ts'
import type { PacketSource } from './packet-source.ts'
import { RingSource, type RingSourceOptions } from './ring-source.ts'
import { SeenTwice } from './seen-twice.ts'
import type { RingAllowance } from './ring-allowance.ts'

/** A ring that is filled by so much has too little room. */
const FILLED_BY = 1 / 4
/** Packets are cut for so long after it was. */
const CUT_MS = 250
/** How much larger such a ring becomes, and how full it has to be to stay so. */
const GROWTH = 4
const KEPT_BY = 1 / 16
/** A ring becomes small again when it was never so full for this long. */
const REST_MS = 60_000
/** After a ring could not be had, no other is asked for. */
const PAUSE_MS = 10_000

export interface ElasticRingOptions extends RingSourceOptions {
  blocks: number
  /** How many rings may be large at a time. */
  allowance: RingAllowance
  /** Milliseconds of a clock that only goes forward; that of the process by default. */
  nowMs?: () => number
}

/**
 * A ring that, while packets come faster than they are read, keeps only the heads of packets and is replaced by one four times as
 * large, and by a small one at rest. The new one is open before the old one is shut, so that no packet is lost between them; the
 * old is read to its end first, and what is in both is passed over in the new one.
 */
export class ElasticRingSource implements PacketSource {
  readonly kind = 'ring'
  ended = false
  readonly error: CaptureError | undefined = undefined
  readonly #options: ElasticRingOptions
  readonly #both = new SeenTwice()
  #reading: RingSource
  #spare: RingSource | undefined
  #next: RingSource | undefined
  #vlansElsewhere: readonly number[] = []
  #drops = 0
  #freezes = 0
  #snapped = { packets: 0, octets: 0 }
  #filledAt = Number.NEGATIVE_INFINITY
  #busyAt = 0
  #pausedUntil = 0

  constructor(options: ElasticRingOptions) {
    this.#options = options
    this.#reading = new RingSource(options)
  }

  /** Whether it has a large ring, or is about to. */
  get isLarge(): boolean {
    return (this.#next ?? this.#spare ?? this.#reading).blocks > this.#options.blocks
  }

  async open(): Promise<void> {
    await this.#reading.open()
  }

  read(handler: FrameHandler, budget: number): number {
    const reading = this.#reading
    const nowMs = this.#nowMs()
    const isFilled = this.#makeRoom(nowMs)
    if (this.#next !== undefined) {
      const count = reading.read(this.#both.note(handler), budget)
      if (count === 0 && reading.isDrained) this.#goOn()
      return count
    }
    const count = reading.read(this.#both.isOver ? handler : this.#both.passOver(handler), budget)
    if (this.#spare !== undefined) this.#change(this.#spare)
    else if (isFilled && !this.isLarge) this.#prepare(reading.blocks * GROWTH, nowMs)
    else if (this.isLarge) this.#rest(nowMs)
    return count
  }

  takeDrops(): number {
    const drops = this.#drops + this.#reading.takeDrops() + (this.#next?.takeDrops() ?? 0)
    this.#drops = 0
    return drops
  }

  takeFreezes(): number {
    const freezes = this.#freezes + this.#reading.takeFreezes() + (this.#next?.takeFreezes() ?? 0)
    this.#freezes = 0
    return freezes
  }

  takeSnapped(): { packets: number; octets: number } {
    const { packets, octets } = this.#reading.takeSnapped()
    const snapped = { packets: this.#snapped.packets + packets, octets: this.#snapped.octets + octets }
    this.#snapped = { packets: 0, octets: 0 }
    return snapped
  }

  /** Between two rings it has to be asked. */
  wakeWhenReady(wake: () => void): boolean {
    return this.#next === undefined && this.#reading.wakeWhenReady(wake)
  }

  leaveOutVlans(identifiers: readonly number[]): void {
    this.#vlansElsewhere = identifiers
    if (this.#next === undefined) this.#reading.leaveOutVlans(identifiers)
    this.#next?.leaveOutVlans(identifiers)
  }

  async finish(handler: FrameHandler): Promise<void> {
    if (this.#next !== undefined) {
      await this.#reading.finish(this.#both.note(handler))
      this.#goOn()
    }
    await this.#reading.finish(this.#both.passOver(handler))
  }

  async close(): Promise<void> {
    this.ended = true
    const rings = [this.#reading, this.#next, this.#spare].filter((ring) => ring !== undefined)
    if (rings.some((ring) => ring.blocks > this.#options.blocks)) this.#options.allowance.giveBack()
    this.#next = undefined
    this.#spare = undefined
    for (const ring of rings) await ring.close()
  }

  #nowMs(): number {
    return this.#options.nowMs?.() ?? performance.now()
  }

  /** A ring holds four times as many heads as packets of full size. Returns whether the ring that packets go into is filled. */
  #makeRoom(nowMs: number): boolean {
    const filling = this.#next ?? this.#reading
    const isFilled = filling.hasWaiting(filling.blocks * FILLED_BY)
    if (isFilled) this.#filledAt = nowMs
    filling.keepHeads(nowMs - this.#filledAt < CUT_MS)
    return isFilled
  }

  /** To be asked for a ring that is large: back to a small one when nothing has filled it for long. */
  #rest(nowMs: number): void {
    const { blocks } = this.#options
    if (this.#reading.hasWaiting(Math.ceil(blocks * GROWTH * KEPT_BY))) this.#busyAt = nowMs
    else if (nowMs - this.#busyAt > REST_MS) this.#prepare(blocks, nowMs)
  }

  /** Opens another ring that takes in nothing yet: that takes tens of milliseconds for a large one. */
  #prepare(blocks: number, now: number): void {
    const isLarger = blocks > this.#options.blocks
    if (now < this.#pausedUntil || (isLarger && !this.#options.allowance.take())) return
    this.#busyAt = now
    const next = new RingSource({ ...this.#options, blocks, startsShut: true })
    // Opening is done when the call returns; only a failure is told later, and then the next ring stays empty.
    next.open().catch(() => {
      this.#pausedUntil = now + PAUSE_MS
    })
    if (!next.isOpen) {
      if (isLarger) this.#options.allowance.giveBack()
      this.#pausedUntil = now + PAUSE_MS
      return
    }
    this.#spare = next
  }

  /** Lets the next ring in and shuts the old one. What a full one loses in between would be in the next as well, so it needs room. */
  #change(next: RingSource): void {
    if (this.#reading.hasWaiting(this.#reading.blocks - 1)) return
    next.leaveOutVlans(this.#vlansElsewhere)
    next.keepHeads(this.#nowMs() - this.#filledAt < CUT_MS)
    this.#both.begin()
    next.letPass()
    this.#reading.letPass(false)
    this.#both.end()
    this.#next = next
    this.#spare = undefined
  }

  /** The old ring is empty: the new one is read from now on. */
  #goOn(): void {
    const old = this.#reading
    this.#drops += old.takeDrops()
    this.#freezes += old.takeFreezes()
    const { packets, octets } = old.takeSnapped()
    this.#snapped.packets += packets
    this.#snapped.octets += octets
    if (old.blocks > this.#options.blocks) this.#options.allowance.giveBack()
    void old.close()
    this.#reading = this.#next ?? old
    this.#next = undefined
  }
}
