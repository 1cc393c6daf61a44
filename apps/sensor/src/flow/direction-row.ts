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
  readonly #words: Int32Array
  readonly #doubles: Float64Array
  readonly #floats: Float32Array
  readonly #start: number
  readonly #rare: number

  /** `start` and `rare` are where its two parts start, in words. */
  constructor(records: RecordCopies, start: number, rare: number) {
    this.#words = records.words
    this.#doubles = records.doubles
    this.#floats = records.floats
    this.#start = start
    this.#rare = rare
  }

  get packets(): number {
    return this.#words[this.#start + PACKETS] >>> 0
  }

  get octets(): number {
    return this.#doubles[(this.#start >> 1) + OCTETS]
  }

  get payloadOctets(): number {
    return this.#doubles[(this.#start >> 1) + PAYLOAD_OCTETS]
  }

  get payloadPackets(): number {
    return this.#words[this.#start + PAYLOAD_PACKETS] >>> 0
  }

  get lengthMin(): number {
    return this.#words[this.#start + LENGTH_MIN] >>> 0
  }

  get lengthMax(): number {
    return this.#words[this.#start + LENGTH_MAX] >>> 0
  }

  get lengthMean(): number {
    const { packets } = this
    return packets > 0 ? this.octets / packets : 0
  }

  get lengthStd(): number {
    return deviation(this.octets, this.#doubles[(this.#start >> 1) + LENGTH_SQUARES], this.packets)
  }

  get iatMinUs(): number {
    return this.#floats[this.#start + IAT_MIN_F32]
  }

  get iatMaxUs(): number {
    return this.#floats[this.#start + IAT_MAX_F32]
  }

  get iatMeanUs(): number {
    const gaps = this.packets - 1
    return gaps > 0 ? this.#doubles[(this.#start >> 1) + IAT_SUM] / gaps : 0
  }

  get iatStdUs(): number {
    return deviation(
      this.#doubles[(this.#start >> 1) + IAT_SUM],
      this.#doubles[(this.#start >> 1) + IAT_SQUARES],
      this.packets - 1,
    )
  }

  get tcpFin(): number {
    return this.#words[this.#start + FLAGS] >>> 0
  }

  get tcpSyn(): number {
    return this.#words[this.#start + FLAGS + 1] >>> 0
  }

  get tcpRst(): number {
    return this.#words[this.#start + FLAGS + 2] >>> 0
  }

  get tcpPsh(): number {
    return this.#words[this.#start + FLAGS + 3] >>> 0
  }

  get tcpAck(): number {
    return this.#words[this.#start + FLAGS + 4] >>> 0
  }

  get tcpUrg(): number {
    return this.#words[this.#start + FLAGS + 5] >>> 0
  }

  get tcpWindowFirst(): number | undefined {
    const window = this.#words[this.#start + WINDOW]
    return window > 0 ? window - 1 : undefined
  }

  get tcpRetransmissions(): number {
    return this.#words[this.#start + RETRANSMISSIONS] >>> 0
  }

  get ttlFirst(): number {
    return this.#words[this.#start + TTLS] & 0xff
  }

  get ttlMin(): number {
    return (this.#words[this.#start + TTLS] >> 8) & 0xff
  }

  get ttlMax(): number {
    return (this.#words[this.#start + TTLS] >> 16) & 0xff
  }

  get dscp(): number {
    return this.#words[this.#start + TTLS] >>> 26
  }

  get tcpWindowMin(): number | undefined {
    const range = this.#words[this.#start + WINDOW_RANGE]
    if (this.#words[this.#start + ZERO_WINDOWS] !== 0) return 0
    return range !== 0 ? range & 0xffff : undefined
  }

  get tcpWindowMax(): number | undefined {
    const range = this.#words[this.#start + WINDOW_RANGE]
    return range !== 0 || this.#words[this.#start + ZERO_WINDOWS] !== 0 ? range >>> 16 : undefined
  }

  get tcpZeroWindows(): number {
    return this.#words[this.#start + ZERO_WINDOWS] >>> 0
  }

  get tcpOutOfOrder(): number {
    return this.#words[this.#rare + OUT_OF_ORDER] >>> 0
  }

  get tcpMss(): number | undefined {
    const options = this.#words[this.#start + OPTIONS]
    return ((options >>> 24) & MSS) !== 0 ? options & 0xffff : undefined
  }

  get tcpWindowScale(): number | undefined {
    const options = this.#words[this.#start + OPTIONS]
    return ((options >>> 24) & WINDOW_SCALE) !== 0 ? (options >> 16) & 0xff : undefined
  }

  get tcpSackPermitted(): boolean {
    return ((this.#words[this.#start + OPTIONS] >>> 24) & SACK_PERMITTED) !== 0
  }

  get tcpTimestamps(): boolean {
    return ((this.#words[this.#start + OPTIONS] >>> 24) & TIMESTAMPS) !== 0
  }

  get bursts(): number {
    return this.#words[this.#start + BURSTS] >>> 0
  }

  get rttSamples(): number {
    return this.#words[this.#rare + RTT_COUNT] >>> 0
  }

  get rttMinUs(): number {
    return this.#words[this.#rare + RTT_MIN] >>> 0
  }

  get rttMaxUs(): number {
    return this.#words[this.#rare + RTT_MAX] >>> 0
  }

  get rttMeanUs(): number {
    const samples = this.rttSamples
    return samples > 0 ? this.#words[this.#rare + RTT_SUM] / samples : 0
  }
}

/** Population standard deviation from sums; 0 with fewer than two values. */
function deviation(sum: number, squares: number, count: number): number {
  if (count < 2) return 0
  const mean = sum / count
  const variance = squares / count - mean * mean
  return variance > 0 ? Math.sqrt(variance) : 0
}
