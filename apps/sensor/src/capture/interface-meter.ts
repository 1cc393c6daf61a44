import type { CoverageGap, EndReason, Flow } from '@picket/proto'
import { Rung } from '../budget/rung.ts'
import { DECODE_CAUSES, DecodeStatus } from '../decode/decode-status.ts'
import { Decoder } from '../decode/decoder.ts'
import type { Packet } from '../decode/packet.ts'
import type { FragmentCounts } from '../decode/reassembly.ts'
import { FlowTable } from '../flow/flow-table.ts'
import { SAMPLING_WEIGHT } from '../flow/flow-row.ts'
import { toFlow } from '../flow/to-flow.ts'
import type { AddressNames } from '../recognise/address-names.ts'
import { Recognition } from '../recognise/recognition.ts'
import type { Exclusion } from './exclusion.ts'
import { sampleHash } from './flow-sample.ts'
import type { Frame } from './frame.ts'
import type { FrameBatch } from './frame-batch.ts'
import { type GapCause, GapLedger } from './gap-ledger.ts'
import { ReadingLosses } from './reading-losses.ts'

export interface InterfaceMeterOptions {
  interfaceName: string
  idleTimeoutUs: number
  activeTimeoutUs: number
  maxFlows: number
  exclusion: Exclusion
  names: AddressNames
}

/**
 * Everything between the frames of one interface and its flows: decode, table, recognition, and the ledger.
 * Invariant once the table is empty: packetsRead = packets in flows + packets in decode gaps.
 */
export class InterfaceMeter {
  /** Own uplink traffic is in none of these. */
  packetsRead = 0
  octetsRead = 0
  undecodablePackets = 0
  readonly table: FlowTable
  readonly gaps: GapLedger
  readonly #options: InterfaceMeterOptions
  readonly #decoder = new Decoder()
  readonly #recognition: Recognition
  readonly #losses: ReadingLosses
  #rung: Rung = Rung.EVERYTHING
  #flows: Flow[] = []
  #evictionsReported = 0

  constructor(options: InterfaceMeterOptions) {
    this.#options = options
    this.#recognition = new Recognition(options.names)
    this.#losses = new ReadingLosses(this.#recognition, this.#decoder.fragments)
    this.gaps = new GapLedger(options.interfaceName)
    this.table = new FlowTable({
      idleTimeoutUs: options.idleTimeoutUs,
      activeTimeoutUs: options.activeTimeoutUs,
      maxFlows: options.maxFlows,
      inspector: {
        inspect: (slot, packet, forward) =>
          this.#rung < Rung.WITHOUT_RECOGNITION && this.#recognition.inspect(slot, packet, forward),
      },
      onEnd: (slot, reason, continues) => this.#onEnd(slot, reason, continues),
    })
  }

  get rung(): Rung {
    return this.#rung
  }

  /** How much is done with packets from now on. */
  set rung(rung: Rung) {
    this.#rung = rung
    this.table.isCounting = rung >= Rung.WITHOUT_PACKET_STATISTICS
    this.table.isSampling = rung === Rung.ONE_FLOW_IN_FOUR
  }

  /** Ended flows that wait to be taken. */
  get endedFlows(): number {
    return this.#flows.length
  }

  /** What became of fragmented packets so far. */
  get fragments(): FragmentCounts {
    return this.#decoder.fragments
  }

  /** Called with the frames that `handle` will get next, by sources that know them. */
  expect(frames: FrameBatch): void {
    this.table.expect(frames)
  }

  handle(frame: Frame): void {
    const status = this.#decoder.decode(frame)
    if (status === DecodeStatus.OK) {
      const { packet } = this.#decoder
      if (this.#options.exclusion.matches(packet)) return
      if (this.#rung < Rung.ONE_FLOW_IN_FOUR || this.#isSampled(packet)) this.table.update(packet)
      else {
        this.table.advance(frame.timeUs)
        this.gaps.addPacket('over-budget', frame.timeUs, frame.wireLength)
      }
    } else {
      this.undecodablePackets++
      this.table.advance(frame.timeUs)
      this.gaps.addPacket(DECODE_CAUSES[status] as GapCause, frame.timeUs, frame.wireLength)
    }
    this.packetsRead++
    this.octetsRead += frame.wireLength
  }

  #isSampled(packet: Packet): boolean {
    return this.#rung === Rung.ONE_FLOW_IN_FOUR && sampleHash(packet) % SAMPLING_WEIGHT === 0
  }

  takeFlows(): Flow[] {
    const flows = this.#flows
    this.#flows = []
    return flows
  }

  /** What was not seen or not read since the call before. `isLast` where nothing will be handled any more. */
  takeGaps(isLast = false): CoverageGap[] {
    const { evictions, clockUs } = this.table
    this.gaps.addFlows('table-full', clockUs, evictions - this.#evictionsReported)
    this.#evictionsReported = evictions
    this.#losses.enter(this.gaps, clockUs, isLast)
    return this.gaps.take()
  }

  #onEnd(slot: number, reason: EndReason, continues: boolean): void {
    const flow = toFlow(this.table, slot, reason, this.#options.interfaceName)
    this.#recognition.addTo(flow, slot, continues)
    if (flow.hostName === '') flow.hostName = this.#options.names.nameOf(flow.destinationAddress)
    if (continues) this.#recognition.restart(slot)
    else this.#recognition.release(slot)
    this.#flows.push(flow)
  }
}
