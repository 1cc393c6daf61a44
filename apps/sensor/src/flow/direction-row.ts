import type { DirectionStatistics } from '@picket/proto'
import { TcpOption } from '../decode/tcp-options.ts'
import * as layout from './layout.ts'
import type { RecordCopies } from './record-copies.ts'

const { BURSTS, FLAGS, IAT_MAX_F32, IAT_MIN_F32, IAT_SQUARES, IAT_SUM, LENGTH_MAX, LENGTH_MIN, LENGTH_SQUARES } = layout
const { OCTETS, OPTIONS, OUT_OF_ORDER, PACKETS, PAYLOAD_OCTETS, PAYLOAD_PACKETS, RETRANSMISSIONS } = layout
const { RTT_COUNT, RTT_MAX, RTT_MIN, RTT_SUM, TTLS, WINDOW, WINDOW_RANGE, ZERO_WINDOWS } = layout
const { MSS, SACK_PERMITTED, TIMESTAMPS, WINDOW_SCALE } = TcpOption

/** One direction of a copied record, read where it lies: nothing is computed that nobody asks for. */
export class DirectionRow implements DirectionStatistics {
  readonly #records: RecordCopies
  readonly #start: number
  readonly #rare: number

  /** `start` and `rare` are where its two parts start, in words. */
  constructor(records: RecordCopies, start: number, rare: number) {
    this.#records = records
    this.#start = start
    this.#rare = rare
  }

  get packets(): number {
    return this.#word(PACKETS)
  }

  get octets(): number {
    return this.#double(OCTETS)
  }

  get payloadOctets(): number {
    return this.#double(PAYLOAD_OCTETS)
  }

  get payloadPackets(): number {
    return this.#word(PAYLOAD_PACKETS)
  }

  get lengthMin(): number {
    return this.#word(LENGTH_MIN)
  }

  get lengthMax(): number {
    return this.#word(LENGTH_MAX)
  }

  get lengthMean(): number {
    const { packets } = this
    return packets > 0 ? this.octets / packets : 0
  }

  get lengthStd(): number {
    return deviation(this.octets, this.#double(LENGTH_SQUARES), this.packets)
  }

  get iatMinUs(): number {
    return this.#records.floats[this.#start + IAT_MIN_F32]
  }

  get iatMaxUs(): number {
    return this.#records.floats[this.#start + IAT_MAX_F32]
  }

  get iatMeanUs(): number {
    const gaps = this.packets - 1
    return gaps > 0 ? this.#double(IAT_SUM) / gaps : 0
  }

  get iatStdUs(): number {
    return deviation(this.#double(IAT_SUM), this.#double(IAT_SQUARES), this.packets - 1)
  }

  get tcpFin(): number {
    return this.#word(FLAGS)
  }

  get tcpSyn(): number {
    return this.#word(FLAGS + 1)
  }

  get tcpRst(): number {
    return this.#word(FLAGS + 2)
  }

  get tcpPsh(): number {
    return this.#word(FLAGS + 3)
  }

  get tcpAck(): number {
    return this.#word(FLAGS + 4)
  }

  get tcpUrg(): number {
    return this.#word(FLAGS + 5)
  }

  get tcpWindowFirst(): number | undefined {
    const window = this.#word(WINDOW)
    return window > 0 ? window - 1 : undefined
  }

  get tcpRetransmissions(): number {
    return this.#word(RETRANSMISSIONS)
  }

  get ttlFirst(): number {
    return this.#word(TTLS) & 0xff
  }

  get ttlMin(): number {
    return (this.#word(TTLS) >> 8) & 0xff
  }

  get ttlMax(): number {
    return (this.#word(TTLS) >> 16) & 0xff
  }

  get dscp(): number {
    return this.#word(TTLS) >>> 26
  }

  get tcpWindowMin(): number | undefined {
    if (!this.#hasWindows) return undefined
    return this.tcpZeroWindows > 0 ? 0 : this.#word(WINDOW_RANGE) & 0xffff
  }

  get tcpWindowMax(): number | undefined {
    return this.#hasWindows ? this.#word(WINDOW_RANGE) >>> 16 : undefined
  }

  get tcpZeroWindows(): number {
    return this.#word(ZERO_WINDOWS)
  }

  get tcpOutOfOrder(): number {
    return this.#rareWord(OUT_OF_ORDER)
  }

  get tcpMss(): number | undefined {
    return this.#has(MSS) ? this.#word(OPTIONS) & 0xffff : undefined
  }

  get tcpWindowScale(): number | undefined {
    return this.#has(WINDOW_SCALE) ? (this.#word(OPTIONS) >> 16) & 0xff : undefined
  }

  get tcpSackPermitted(): boolean {
    return this.#has(SACK_PERMITTED)
  }

  get tcpTimestamps(): boolean {
    return this.#has(TIMESTAMPS)
  }

  get bursts(): number {
    return this.#word(BURSTS)
  }

  get rttSamples(): number {
    return this.#rareWord(RTT_COUNT)
  }

  get rttMinUs(): number {
    return this.#rareWord(RTT_MIN)
  }

  get rttMaxUs(): number {
    return this.#rareWord(RTT_MAX)
  }

  get rttMeanUs(): number {
    const samples = this.rttSamples
    return samples > 0 ? this.#rareWord(RTT_SUM) / samples : 0
  }

  get #hasWindows(): boolean {
    return this.#word(WINDOW_RANGE) !== 0 || this.#word(ZERO_WINDOWS) !== 0
  }

  #has(option: number): boolean {
    return ((this.#word(OPTIONS) >>> 24) & option) !== 0
  }

  #word(offset: number): number {
    return this.#records.words[this.#start + offset] >>> 0
  }

  #rareWord(offset: number): number {
    return this.#records.words[this.#rare + offset] >>> 0
  }

  #double(offset: number): number {
    return this.#records.doubles[(this.#start >> 1) + offset]
  }
}

/** Population standard deviation from sums; 0 with fewer than two values. */
function deviation(sum: number, squares: number, count: number): number {
  if (count < 2) return 0
  const mean = sum / count
  const variance = squares / count - mean * mean
  return variance > 0 ? Math.sqrt(variance) : 0
}
