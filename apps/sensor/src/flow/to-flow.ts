import type { DirectionStatistics, EndReason, Flow, InitiatorReason, Tunnel, TunnelKind } from '@picket/proto'
import { Family } from '../decode/packet.ts'
import { AddressCopies } from './address-copies.ts'
import { communityId } from './community-id.ts'
import { countersOnly } from './counters-only.ts'
import type { FlowRecords } from './flow-records.ts'
import type { FlowTable } from './flow-table.ts'
import { REASON } from './initiator.ts'
import * as layout from './layout.ts'
import { IPV6_HEADER } from './payload-series.ts'
import { toDirectionStatistics } from './to-direction-statistics.ts'

const { CONTINUED, COUNTED, FIRST_COUNT, FIRST_GAPS, FIRST_LENGTHS, FORWARD, FORWARD_RARE, HANDSHAKE_RTT } = layout
const { HAS_DESTINATION_MAC, HAS_SOURCE_MAC, KEY_A, KEY_A_REST, KEY_B, KEY_B_REST, KEY_KIND, KEY_META } = layout
const { KEY_PORTS, KEY_TUNNEL, KIND_FAMILY, KIND_ONE_WAY, LAST_F64, MACS, OUTER, PACKETS, REASON_SHIFT } = layout
const { RECORD_F64, RECORD_WORDS, REVERSE, REVERSE_RARE, RTT_DONE, SAMPLED, SOURCE_IS_B, START_F64, STATE } = layout
const { SYN_ACK_AFTER, SYN_ACK_SEEN } = layout
const { IPV4, IPV6, NONE } = Family

/** Flows that one of a sample stands for. */
export const SAMPLING_WEIGHT = 4

const NO_ADDRESS = new Uint8Array(0)
const ipv4 = new AddressCopies(4)
const ipv6 = new AddressCopies(16)
const links = new AddressCopies(6)

/**
 * Copies a record out of the table into the domain type. Names and facts are the recogniser's to add. All fields are set at once
 * and in one order, so that flows have one shape; the contract's own `create` takes as long as everything else here.
 */
export function toFlow(table: FlowTable, slot: number, reason: EndReason, interfaceName: string): Flow {
  const { records } = table
  const { words, doubles } = records
  const w = slot * RECORD_WORDS
  const f = slot * RECORD_F64
  const state = words[w + STATE]
  const kind = words[w + KEY_KIND]
  const meta = words[w + KEY_META]
  const family = kind & KIND_FAMILY
  const protocol = meta & 0xff
  const sourceIsB = (state & SOURCE_IS_B) !== 0
  const ports = words[w + KEY_PORTS]
  const a = addressOf(words, w + KEY_A, w + KEY_A_REST, family)
  const b = addressOf(words, w + KEY_B, w + KEY_B_REST, family)
  const sourceAddress = sourceIsB ? b : a
  const destinationAddress = sourceIsB ? a : b
  const sourcePort = sourceIsB ? ports & 0xffff : ports >>> 16
  const destinationPort = sourceIsB ? ports >>> 16 : ports & 0xffff
  const oneWay = (kind & KIND_ONE_WAY) !== 0
  const ends = { sourceAddress, destinationAddress, protocol, sourcePort, destinationPort, oneWay }
  const firsts = { lengths: [] as number[], gapsUs: [] as number[] }
  const isCounted = (state & COUNTED) !== 0
  if (!isCounted) addSeries(firsts, records, w, family)
  const hasReverse = words[w + REVERSE + PACKETS] > 0
  return {
    interface: interfaceName,
    startUs: doubles[f + START_F64],
    endUs: doubles[f + LAST_F64],
    sourceAddress,
    destinationAddress,
    sourcePort,
    destinationPort,
    protocol,
    etherType: kind >>> 16,
    vlanId: (meta >>> 8) & 0xfff || undefined,
    sourceMac: (state & HAS_SOURCE_MAC) !== 0 ? linkAddressOf(records, w, 0) : NO_ADDRESS,
    destinationMac: (state & HAS_DESTINATION_MAC) !== 0 ? linkAddressOf(records, w, 6) : NO_ADDRESS,
    communityId: family === NONE ? '' : communityId(ends),
    endReason: reason,
    forward: directionOf(records, w + FORWARD, w + FORWARD_RARE, isCounted),
    reverse: hasReverse ? directionOf(records, w + REVERSE, w + REVERSE_RARE, isCounted) : undefined,
    firstLengths: firsts.lengths,
    firstGapsUs: firsts.gapsUs,
    handshakeRttUs: (state & RTT_DONE) !== 0 ? words[w + HANDSHAKE_RTT] >>> 0 : undefined,
    protocolName: '',
    hostName: '',
    application: '',
    tls: undefined,
    dns: undefined,
    http: undefined,
    class: '',
    classConfidence: 0,
    classSource: 0,
    anomaly: undefined,
    anomalyModelId: '',
    continued: (state & CONTINUED) !== 0,
    handshakeResponderRttUs: (state & SYN_ACK_SEEN) !== 0 ? words[w + SYN_ACK_AFTER] >>> 0 : undefined,
    initiatorReason: ((state >> REASON_SHIFT) & REASON) as InitiatorReason,
    innerVlanId: meta >>> 20 || undefined,
    tunnel: words[w + KEY_TUNNEL] !== 0 ? tunnelOf(table, w) : undefined,
    protocolConfidence: 0,
    protocolFields: {},
    anomalyParts: undefined,
    anomalyExplanation: undefined,
    samplingWeight: (state & SAMPLED) !== 0 ? SAMPLING_WEIGHT : undefined,
    countersOnly: isCounted,
  }
}

function directionOf(records: FlowRecords, start: number, rare: number, isCounted: boolean): DirectionStatistics {
  const statistics = toDirectionStatistics(records, start, rare)
  return isCounted ? countersOnly(statistics) : statistics
}

/** The first lengths, negative from the destination, and the gaps before them. */
function addSeries(
  firsts: { lengths: number[]; gapsUs: number[] },
  { words, halves }: FlowRecords,
  w: number,
  family: number,
): void {
  const count = words[w + FIRST_COUNT] & 0xffff
  const isReverse = words[w + FIRST_COUNT] >>> 16
  const added = family === IPV6 ? IPV6_HEADER : 0
  for (let i = 0; i < count; i++) {
    const length = halves[2 * (w + FIRST_LENGTHS) + i] + added
    firsts.lengths.push((isReverse >> i) & 1 ? -length : length)
    firsts.gapsUs.push(words[w + FIRST_GAPS + i] >>> 0)
  }
}

function tunnelOf({ records, tunnels }: FlowTable, w: number): Tunnel {
  const tunnel = records.words[w + KEY_TUNNEL]
  const held = records.words[w + OUTER]
  const ends = held === 0 ? { sourceAddress: NO_ADDRESS, destinationAddress: NO_ADDRESS } : tunnels.read(held)
  return { kind: (tunnel >>> 24) as TunnelKind, networkId: tunnel & 0xffffff, ...ends }
}

function addressOf(words: Int32Array, first: number, rest: number, family: number): Uint8Array {
  if (family === NONE) return NO_ADDRESS
  if (family === IPV4) return ipv4.of(words[first], 0, 0, 0)
  return ipv6.of(words[first], words[rest], words[rest + 1], words[rest + 2])
}

function linkAddressOf({ bytes }: FlowRecords, w: number, from: number): Uint8Array {
  const at = (w + MACS) * 4 + from
  const high = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]
  return links.of(high, (bytes[at + 4] << 24) | (bytes[at + 5] << 16), 0, 0)
}
