import type {
  AnomalyExplanation,
  AnomalyParts,
  ClassSource,
  DirectionStatistics,
  DnsFacts,
  EndReason,
  Flow,
  HttpFacts,
  InitiatorReason,
  TlsFacts,
  Tunnel,
} from '@picket/proto'
import { Family } from '../decode/packet.ts'
import { AddressCopies } from './address-copies.ts'
import { communityId } from './community-id.ts'
import { countersOnly } from './counters-only.ts'
import { DirectionRow } from './direction-row.ts'
import { REASON } from './initiator.ts'
import * as layout from './layout.ts'
import { IPV6_HEADER } from './payload-series.ts'
import type { RecordCopies } from './record-copies.ts'

const { CONTINUED, COUNTED, FIRST_COUNT, FIRST_GAPS, FIRST_LENGTHS, FORWARD, FORWARD_RARE, HANDSHAKE_RTT } = layout
const { HAS_DESTINATION_MAC, HAS_SOURCE_MAC, KEY_A, KEY_A_REST, KEY_B, KEY_B_REST, KEY_KIND, KEY_META } = layout
const { KEY_PORTS, KIND_FAMILY, KIND_ONE_WAY, LAST_F64, MACS, PACKETS, REASON_SHIFT } = layout
const { REVERSE, REVERSE_RARE, RTT_DONE, SAMPLED, SOURCE_IS_B, START_F64, STATE, SYN_ACK_AFTER, SYN_ACK_SEEN } = layout
const { IPV4, IPV6, NONE } = Family

/** Flows that one of a sample stands for. */
export const SAMPLING_WEIGHT = 4

const NO_ADDRESS = new Uint8Array(0)
const NO_FIELDS: Flow['protocolFields'] = Object.freeze({})
const ipv4 = new AddressCopies(4)
const ipv6 = new AddressCopies(16)
const links = new AddressCopies(6)

/**
 * A flow that has left the table: what was metered is read from a copy of its record when somebody asks, what is found out
 * afterwards are fields. To whoever has one it is a Flow; only its own fields are copied by `{ ...flow }` and by structured clone.
 */
export class FlowRow implements Flow {
  readonly interface: string
  readonly endReason: EndReason
  readonly tunnel: Tunnel | undefined
  protocolName = ''
  protocolConfidence = 0
  hostName = ''
  application = ''
  tls: TlsFacts | undefined = undefined
  dns: DnsFacts | undefined = undefined
  http: HttpFacts | undefined = undefined
  protocolFields = NO_FIELDS
  class = ''
  classConfidence = 0
  classSource: ClassSource = 0
  anomaly: number | undefined = undefined
  anomalyModelId = ''
  anomalyParts: AnomalyParts | undefined = undefined
  anomalyExplanation: AnomalyExplanation | undefined = undefined
  anomalyThreshold: number | undefined = undefined
  readonly #records: RecordCopies
  readonly #words: Int32Array
  readonly #at: number
  #communityId: string | undefined = undefined
  #forward: DirectionStatistics | undefined = undefined
  #reverse: DirectionStatistics | undefined = undefined

  /** The record is at `at` of the copies, in words. */
  constructor(
    records: RecordCopies,
    at: number,
    { interfaceName, reason, tunnel }: { interfaceName: string; reason: EndReason; tunnel: Tunnel | undefined },
  ) {
    this.interface = interfaceName
    this.endReason = reason
    this.tunnel = tunnel
    this.#records = records
    this.#words = records.words
    this.#at = at
  }

  get startUs(): number {
    return this.#records.doubles[(this.#at >> 1) + START_F64]
  }

  get endUs(): number {
    return this.#records.doubles[(this.#at >> 1) + LAST_F64]
  }

  get sourceAddress(): Uint8Array {
    return this.#isTurned ? this.#address(KEY_B, KEY_B_REST) : this.#address(KEY_A, KEY_A_REST)
  }

  get destinationAddress(): Uint8Array {
    return this.#isTurned ? this.#address(KEY_A, KEY_A_REST) : this.#address(KEY_B, KEY_B_REST)
  }

  get sourcePort(): number {
    const ports = this.#words[this.#at + KEY_PORTS]
    return this.#isTurned ? ports & 0xffff : ports >>> 16
  }

  get destinationPort(): number {
    const ports = this.#words[this.#at + KEY_PORTS]
    return this.#isTurned ? ports >>> 16 : ports & 0xffff
  }

  get protocol(): number {
    return this.#words[this.#at + KEY_META] & 0xff
  }

  get etherType(): number {
    return this.#words[this.#at + KEY_KIND] >>> 16
  }

  get vlanId(): number | undefined {
    return (this.#words[this.#at + KEY_META] >>> 8) & 0xfff || undefined
  }

  get innerVlanId(): number | undefined {
    return this.#words[this.#at + KEY_META] >>> 20 || undefined
  }

  get sourceMac(): Uint8Array {
    return (this.#words[this.#at + STATE] & HAS_SOURCE_MAC) !== 0 ? this.#linkAddress(0) : NO_ADDRESS
  }

  get destinationMac(): Uint8Array {
    return (this.#words[this.#at + STATE] & HAS_DESTINATION_MAC) !== 0 ? this.#linkAddress(6) : NO_ADDRESS
  }

  get communityId(): string {
    this.#communityId ??= this.#family === NONE ? '' : communityId(this)
    return this.#communityId
  }

  /** ICMP without a counterpart: each direction is a flow of its own. */
  get oneWay(): boolean {
    return (this.#words[this.#at + KEY_KIND] & KIND_ONE_WAY) !== 0
  }

  get forward(): DirectionStatistics {
    this.#forward ??= this.#direction(FORWARD, FORWARD_RARE)
    return this.#forward
  }

  get reverse(): DirectionStatistics | undefined {
    if (this.#words[this.#at + REVERSE + PACKETS] === 0) return undefined
    this.#reverse ??= this.#direction(REVERSE, REVERSE_RARE)
    return this.#reverse
  }

  get firstLengths(): number[] {
    const directions = this.#words[this.#at + FIRST_COUNT] >>> 16
    const added = this.#family === IPV6 ? IPV6_HEADER : 0
    const first = 2 * (this.#at + FIRST_LENGTHS)
    const lengths = numbers(this.#firstCount)
    for (let i = 0; i < lengths.length; i++) {
      const length = this.#records.halves[first + i] + added
      lengths[i] = (directions >> i) & 1 ? -length : length
    }
    return lengths
  }

  get firstGapsUs(): number[] {
    const gaps = numbers(this.#firstCount)
    for (let i = 0; i < gaps.length; i++) gaps[i] = this.#words[this.#at + FIRST_GAPS + i] >>> 0
    return gaps
  }

  get handshakeRttUs(): number | undefined {
    return (this.#words[this.#at + STATE] & RTT_DONE) !== 0 ? this.#words[this.#at + HANDSHAKE_RTT] >>> 0 : undefined
  }

  get handshakeResponderRttUs(): number | undefined {
    return (this.#words[this.#at + STATE] & SYN_ACK_SEEN) !== 0
      ? this.#words[this.#at + SYN_ACK_AFTER] >>> 0
      : undefined
  }

  get continued(): boolean {
    return (this.#words[this.#at + STATE] & CONTINUED) !== 0
  }

  get initiatorReason(): InitiatorReason {
    return ((this.#words[this.#at + STATE] >> REASON_SHIFT) & REASON) as InitiatorReason
  }

  get samplingWeight(): number | undefined {
    return (this.#words[this.#at + STATE] & SAMPLED) !== 0 ? SAMPLING_WEIGHT : undefined
  }

  get countersOnly(): boolean {
    return (this.#words[this.#at + STATE] & COUNTED) !== 0
  }

  /** Whether the source is the second end of the key. */
  get #isTurned(): boolean {
    return (this.#words[this.#at + STATE] & SOURCE_IS_B) !== 0
  }

  get #family(): number {
    return this.#words[this.#at + KEY_KIND] & KIND_FAMILY
  }

  get #firstCount(): number {
    return (this.#words[this.#at + STATE] & COUNTED) !== 0 ? 0 : this.#words[this.#at + FIRST_COUNT] & 0xffff
  }

  #direction(start: number, rare: number): DirectionStatistics {
    const row = new DirectionRow(this.#records, this.#at + start, this.#at + rare)
    return (this.#words[this.#at + STATE] & COUNTED) !== 0 ? countersOnly(row) : row
  }

  #address(first: number, rest: number): Uint8Array {
    const family = this.#family
    if (family === NONE) return NO_ADDRESS
    if (family === IPV4) return ipv4.of(this.#words[this.#at + first], 0, 0, 0)
    return ipv6.of(
      this.#words[this.#at + first],
      this.#words[this.#at + rest],
      this.#words[this.#at + rest + 1],
      this.#words[this.#at + rest + 2],
    )
  }

  #linkAddress(from: number): Uint8Array {
    const { bytes } = this.#records
    const at = (this.#at + MACS) * 4 + from
    const high = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]
    return links.of(high, (bytes[at + 4] << 24) | (bytes[at + 5] << 16), 0, 0)
  }
}

/** Room for so many and no more: a list that grows begins with room for 17, and these were a third of the garbage of a flow. */
const numbers = (count: number): number[] => Array<number>(count)
