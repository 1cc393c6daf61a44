import { DecodeStatus } from './decode-status.ts'

/** Address family of a decoded packet. */
export const Family = { NONE: 0, IPV4: 4, IPV6: 6 } as const

/** TCP flags, RFC 9293 section 3.1. */
export const TcpFlag = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32 } as const

/** IP protocol numbers that are decoded further. */
export const Protocol = { ICMP: 1, TCP: 6, UDP: 17, ICMPV6: 58, SCTP: 132 } as const

/**
 * The decoded form of one frame: offsets into its bytes and numbers, no copies. One object is reused for every packet,
 * so each layer sets all the fields it owns.
 */
export class Packet {
  bytes: Uint8Array = new Uint8Array(0)
  timeUs = 0
  /** Octets of the frame on the wire. */
  frameLength = 0
  /** Where the layer being decoded ends on the wire, as an offset into `bytes` (may lie past the captured octets). */
  wireEnd = 0

  /** Offset of the link-layer addresses; -1 where the link has none. */
  sourceMac = -1
  destinationMac = -1
  /** Outer and inner VLAN identifier; 0 without a tag. */
  vlanId = 0
  innerVlanId = 0
  etherType = 0

  family: number = Family.NONE
  /** IP protocol after extension headers; 0 for non-IP. */
  protocol = 0
  sourceAddress = 0
  destinationAddress = 0
  /** Octets of IP header and payload; for non-IP traffic, of what follows the link header. */
  length = 0
  ttl = 0
  /** Whether this is a fragment other than the first: no transport header of its own. */
  laterFragment = false
  moreFragments = false
  fragmentId = 0

  /** For ICMP the type, and the type of its counterpart or the code, as Community ID has it. */
  sourcePort = 0
  destinationPort = 0
  /** ICMP that has no counterpart: the direction belongs to the flow key. */
  oneWay = false
  tcpFlags = 0
  /** Sequence number as a signed 32-bit integer. */
  tcpSequence = 0
  tcpWindow = 0

  payload = 0
  /** Octets of transport payload on the wire. */
  payloadLength = 0
  /** Where the captured payload ends; not before `payload`. */
  payloadEnd = 0

  /** Status of a header that would end at `needed`: lost by the capture, or never on the wire. */
  tooShort(needed: number): DecodeStatus {
    return needed <= this.wireEnd ? DecodeStatus.TRUNCATED : DecodeStatus.MALFORMED
  }

  /** Declares everything from `payload` to the end of the layer to be payload. */
  setPayload(payload: number, end: number): void {
    this.payload = payload
    this.payloadLength = this.wireEnd > payload ? this.wireEnd - payload : 0
    const capturedEnd = this.wireEnd < end ? this.wireEnd : end
    this.payloadEnd = capturedEnd > payload ? capturedEnd : payload
  }
}
