import { type EndReason, Flow, type InitiatorReason, type Tunnel, type TunnelKind } from '@picket/proto'
import { Family } from '../decode/packet.ts'
import { communityId } from './community-id.ts'
import { countersOnly } from './counters-only.ts'
import type { FlowRecords } from './flow-records.ts'
import type { FlowTable } from './flow-table.ts'
import { REASON } from './initiator.ts'
import * as at from './layout.ts'
import { IPV6_HEADER } from './payload-series.ts'
import { toDirectionStatistics } from './to-direction-statistics.ts'

/** Flows that one of a sample stands for. */
export const SAMPLING_WEIGHT = 4

const NO_ADDRESS = new Uint8Array(0)

/** Copies a record out of the table into the domain type. Names and facts are the recogniser's to add. */
export function toFlow(table: FlowTable, slot: number, reason: EndReason, interfaceName: string): Flow {
  const { records } = table
  const { words, doubles, bytes } = records
  const w = slot * at.RECORD_WORDS
  const f = slot * at.RECORD_F64
  const state = words[w + at.STATE]
  const kind = words[w + at.KEY_KIND]
  const family = kind & at.KIND_FAMILY
  const protocol = words[w + at.KEY_META] & 0xff
  const sourceIsB = (state & at.SOURCE_IS_B) !== 0
  const ports = words[w + at.KEY_PORTS]
  const a = addressOf(words, w + at.KEY_A, w + at.KEY_A_REST, family)
  const b = addressOf(words, w + at.KEY_B, w + at.KEY_B_REST, family)
  const sourceAddress = sourceIsB ? b : a
  const destinationAddress = sourceIsB ? a : b
  const sourcePort = sourceIsB ? ports & 0xffff : ports >>> 16
  const destinationPort = sourceIsB ? ports >>> 16 : ports & 0xffff
  const macs = (w + at.MACS) * 4
  const vlanId = (words[w + at.KEY_META] >>> 8) & 0xfff
  const oneWay = (kind & at.KIND_ONE_WAY) !== 0

  const flow = Flow.create()
  flow.interface = interfaceName
  flow.startUs = doubles[f + at.START_F64]
  flow.endUs = doubles[f + at.LAST_F64]
  flow.sourceAddress = sourceAddress
  flow.destinationAddress = destinationAddress
  flow.sourcePort = sourcePort
  flow.destinationPort = destinationPort
  flow.protocol = protocol
  flow.etherType = kind >>> 16
  if (vlanId !== 0) flow.vlanId = vlanId
  const innerVlanId = words[w + at.KEY_META] >>> 20
  if (innerVlanId !== 0) flow.innerVlanId = innerVlanId
  if ((state & at.HAS_SOURCE_MAC) !== 0) flow.sourceMac = bytes.slice(macs, macs + 6)
  if ((state & at.HAS_DESTINATION_MAC) !== 0) flow.destinationMac = bytes.slice(macs + 6, macs + 12)
  if (family !== Family.NONE) {
    flow.communityId = communityId({ sourceAddress, destinationAddress, protocol, sourcePort, destinationPort, oneWay })
  }
  flow.endReason = reason
  flow.forward = toDirectionStatistics(records, w + at.FORWARD, w + at.FORWARD_RARE)
  if (words[w + at.REVERSE + at.PACKETS] > 0)
    flow.reverse = toDirectionStatistics(records, w + at.REVERSE, w + at.REVERSE_RARE)
  if ((state & at.COUNTED) === 0) addSeries(flow, records, w, family)
  else {
    flow.countersOnly = true
    flow.forward = countersOnly(flow.forward)
    if (flow.reverse) flow.reverse = countersOnly(flow.reverse)
  }
  if ((state & at.SAMPLED) !== 0) flow.samplingWeight = SAMPLING_WEIGHT
  addHandshake(flow, words, w)
  flow.initiatorReason = ((state >> at.REASON_SHIFT) & REASON) as InitiatorReason
  flow.continued = (state & at.CONTINUED) !== 0
  if (words[w + at.KEY_TUNNEL] !== 0) flow.tunnel = tunnelOf(table, w)
  return flow
}

/** The first lengths, negative from the destination, and the gaps before them. */
function addSeries(flow: Flow, { words, halves }: FlowRecords, w: number, family: number): void {
  const count = words[w + at.FIRST_COUNT] & 0xffff
  const isReverse = words[w + at.FIRST_COUNT] >>> 16
  for (let i = 0; i < count; i++) {
    const length = halves[2 * (w + at.FIRST_LENGTHS) + i] + (family === Family.IPV6 ? IPV6_HEADER : 0)
    flow.firstLengths.push((isReverse >> i) & 1 ? -length : length)
    flow.firstGapsUs.push(words[w + at.FIRST_GAPS + i] >>> 0)
  }
}

function addHandshake(flow: Flow, words: Int32Array, w: number): void {
  if ((words[w + at.STATE] & at.SYN_ACK_SEEN) !== 0) flow.handshakeResponderRttUs = words[w + at.SYN_ACK_AFTER] >>> 0
  if ((words[w + at.STATE] & at.RTT_DONE) !== 0) flow.handshakeRttUs = words[w + at.HANDSHAKE_RTT] >>> 0
}

function tunnelOf({ records, tunnels }: FlowTable, w: number): Tunnel {
  const tunnel = records.words[w + at.KEY_TUNNEL]
  const held = records.words[w + at.OUTER]
  const ends = held === 0 ? { sourceAddress: NO_ADDRESS, destinationAddress: NO_ADDRESS } : tunnels.read(held)
  return { kind: (tunnel >>> 24) as TunnelKind, networkId: tunnel & 0xffffff, ...ends }
}

function addressOf(words: Int32Array, first: number, rest: number, family: number): Uint8Array {
  if (family === Family.NONE) return NO_ADDRESS
  const length = family === Family.IPV4 ? 4 : 16
  const address = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    address[i] = words[i < 4 ? first : rest + (i >> 2) - 1] >>> (24 - 8 * (i & 3))
  }
  return address
}
