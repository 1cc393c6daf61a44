import type { GapLedger } from './gap-ledger.ts'
import type { PacketSource } from './packet-source.ts'

/** Cut packets are ordinary where cards join segments: one record a minute and interface says how many. */
const SNAPPED_US = 60_000_000

/** Enters what a source lost, or kept a part of, into the ledger of its interface. */
export class SourceLosses {
  readonly #source: PacketSource
  readonly #gaps: GapLedger
  #takenAtUs: number
  #snappedSinceUs: number

  constructor(source: PacketSource, gaps: GapLedger, nowUs: number) {
    this.#source = source
    this.#gaps = gaps
    this.#takenAtUs = nowUs
    this.#snappedSinceUs = nowUs
  }

  /** Returns the packets lost since the call before. */
  take(nowUs: number): number {
    const span = { startUs: this.#takenAtUs, endUs: nowUs }
    this.#takenAtUs = nowUs
    const drops = this.#source.takeDrops()
    this.#gaps.addPackets(this.#source.kind === 'cap' ? 'capture-drop' : 'kernel-drop', span, drops)
    this.#gaps.addTimes('ring-freeze', span, { times: this.#source.takeFreezes?.() ?? 0 })
    if (nowUs - this.#snappedSinceUs >= SNAPPED_US) this.#takeSnapped(nowUs)
    return drops
  }

  /** Returns the same, of a source that ends. */
  takeLast(nowUs: number): number {
    const drops = this.take(nowUs)
    this.#takeSnapped(nowUs)
    return drops
  }

  #takeSnapped(nowUs: number): void {
    const { packets = 0, octets = 0 } = this.#source.takeSnapped?.() ?? {}
    this.#gaps.addTimes('snapped', { startUs: this.#snappedSinceUs, endUs: nowUs }, { times: packets, octets })
    this.#snappedSinceUs = nowUs
  }
}
