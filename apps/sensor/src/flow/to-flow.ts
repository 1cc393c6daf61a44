import { type DirectionStatistics, type EndReason, Flow } from '@picket/proto'
import { Family } from '../decode/packet.ts'
import { communityId } from './community-id.ts'
import type { FlowRecords } from './flow-records.ts'
import * as at from './layout.ts'

const NO_ADDRESS = new Uint8Array(0)

/** Copies a record out of the table into the domain type. Names and facts are the recogniser's to add. */
export function toFlow(records: FlowRecords, slot: number, reason: EndReason, interfaceName: string): Flow {
  const { words, doubles, bytes } = records
  const w = slot * at.RECORD_WORDS
  const f = slot * at.RECORD_F64
  const state = words[w + at.STATE]
  const kind = words[w + at.KEY_KIND]
  const family = kind & at.KIND_FAMILY
  const protocol = words[w + at.KEY_META] & 0xff
  const sourceIsB = (state & at.SOURCE_IS_B) !== 0
  const ports = words[w + at.KEY_PORTS]
  const sourceAddress = addressOf(words, w + (sourceIsB ? at.KEY_B : at.KEY_A), family)
  const destinationAddress = addressOf(words, w + (sourceIsB ? at.KEY_A : at.KEY_B), family)
  const sourcePort = sourceIsB ? ports & 0xffff : ports >>> 16
  const destinationPort = sourceIsB ? ports >>> 16 : ports & 0xffff
  const macs = (w + at.MACS) * 4
  const vlanId = (words[w + at.KEY_META] >>> 8) & 0xfff
  const oneWay = (kind & at.KIND_ONE_WAY) !== 0
  const count = words[w + at.FIRST_COUNT]

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
  if ((state & at.HAS_SOURCE_MAC) !== 0) flow.sourceMac = bytes.slice(macs, macs + 6)
  if ((state & at.HAS_DESTINATION_MAC) !== 0) flow.destinationMac = bytes.slice(macs + 6, macs + 12)
  if (family !== Family.NONE) {
    flow.communityId = communityId({ sourceAddress, destinationAddress, protocol, sourcePort, destinationPort, oneWay })
  }
  flow.endReason = reason
  flow.forward = directionOf(words, doubles, w + at.FORWARD)
  if (words[w + at.REVERSE + at.PACKETS] > 0) flow.reverse = directionOf(words, doubles, w + at.REVERSE)
  for (let i = 0; i < count; i++) {
    flow.firstLengths.push(words[w + at.FIRST_LENGTHS + i] | 0)
    flow.firstGapsUs.push(words[w + at.FIRST_GAPS + i])
  }
  if ((state & at.RTT_DONE) !== 0) flow.handshakeRttUs = words[w + at.HANDSHAKE_RTT]
  flow.continued = (state & at.CONTINUED) !== 0
  return flow
}

function addressOf(words: Uint32Array, from: number, family: number): Uint8Array {
  if (family === Family.NONE) return NO_ADDRESS
  const length = family === Family.IPV4 ? 4 : 16
  const address = new Uint8Array(length)
  for (let i = 0; i < length; i++) address[i] = words[from + (i >> 2)] >>> (24 - 8 * (i & 3))
  return address
}

function directionOf(words: Uint32Array, doubles: Float64Array, start: number): DirectionStatistics {
  const f = start >> 1
  const packets = words[start + at.PACKETS]
  const octets = doubles[f + at.OCTETS]
  const gaps = packets - 1
  const window = words[start + at.WINDOW]
  const flags = start + at.FLAGS
  return {
    packets,
    octets,
    payloadOctets: doubles[f + at.PAYLOAD_OCTETS],
    payloadPackets: words[start + at.PAYLOAD_PACKETS],
    lengthMin: words[start + at.LENGTH_MIN],
    lengthMax: words[start + at.LENGTH_MAX],
    lengthMean: packets > 0 ? octets / packets : 0,
    lengthStd: deviation(octets, doubles[f + at.LENGTH_SQUARES], packets),
    iatMinUs: doubles[f + at.IAT_MIN],
    iatMaxUs: doubles[f + at.IAT_MAX],
    iatMeanUs: gaps > 0 ? doubles[f + at.IAT_SUM] / gaps : 0,
    iatStdUs: deviation(doubles[f + at.IAT_SUM], doubles[f + at.IAT_SQUARES], gaps),
    tcpFin: words[flags],
    tcpSyn: words[flags + 1],
    tcpRst: words[flags + 2],
    tcpPsh: words[flags + 3],
    tcpAck: words[flags + 4],
    tcpUrg: words[flags + 5],
    tcpWindowFirst: window > 0 ? window - 1 : undefined,
    tcpRetransmissions: words[start + at.RETRANSMISSIONS],
    ttlFirst: words[start + at.TTLS] & 0xffff,
    ttlMin: words[start + at.TTLS] >>> 16,
  }
}

/** Population standard deviation from sums; 0 with fewer than two values. */
function deviation(sum: number, squares: number, count: number): number {
  if (count < 2) return 0
  const mean = sum / count
  const variance = squares / count - mean * mean
  return variance > 0 ? Math.sqrt(variance) : 0
}
