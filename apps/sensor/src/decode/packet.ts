import { DecodeStatus } from './decode-status.ts'

/** Address family of a decoded packet. */
export const Family = { NONE: 0, IPV4: 4, IPV6: 6 } as const

/** TCP flags, RFC 9293 section 3.1. */
export const TcpFlag = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32 } as const

/** IP protocol numbers that are decoded further. */
export const Protocol = {
  ICMP: 1,
  IGMP: 2,
  IPV4: 4,
  TCP: 6,
  UDP: 17,
  IPV6: 41,
  GRE: 47,
  ESP: 50,
  AH: 51,
  ICMPV6: 58,
  SCTP: 132,
  UDP_LITE: 136,
} as const

/** What wraps packets in packets; the values of the contract's TunnelKind. */
export const Tunnel = { GRE: 1, IP_IN_IP: 2, VXLAN: 3, GENEVE: 4, GTP_U: 5, CAPWAP: 6, L2TP: 7, TEREDO: 8 } as const

/** What a tunnel holds: nothing, a bare IP packet, an Ethernet or an 802.11 frame, or what the EtherType of that number says. */
export const Inner = { NONE: 0, IP: 1, ETHERNET: 2, WIFI: 3 } as const

/**
 * The decoded form of one frame: offsets into its bytes and numbers, no copies. One object is reused for every packet,
 * so each layer sets all the fields it owns.
 */
export class Packet {
  bytes: Uint8Array = new Uint8Array(0)
  /** The same octets as numbers of more than one: a read of four costs a third of four reads. */
  view = new DataView(this.bytes.buffer)
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
  /** Traffic class octet of IPv6, or type of service of IPv4: DSCP 6 bits, ECN 2 bits (RFC 2474, RFC 3168). */
  trafficClass = 0
  /** Whether this is a fragment other than the first: no transport header of its own. */
  laterFragment = false
  moreFragments = false
  fragmentId = 0
  /** These mean something in fragments alone: where its octets belong in the packet, where they start and end in `bytes`, and the
   * protocol they begin with. */
  fragmentOffset = 0
  fragmentBody = 0
  fragmentEnd = 0
  fragmentProtocol = 0
  /** In fragments alone: the packet that this one completed, put together; undefined while more are needed. */
  whole: Packet | undefined

  /** For ICMP the type, and the type of its counterpart or the code, as Community ID has it. */
  sourcePort = 0
  destinationPort = 0
  /** ICMP that has no counterpart: the direction belongs to the flow key. */
  oneWay = false
  tcpFlags = 0
  /** Sequence number as a signed 32-bit integer. */
  tcpSequence = 0
  /** Acknowledgement number as a signed 32-bit integer; means something with ACK alone. */
  tcpAcknowledgement = 0
  tcpWindow = 0

  /** Where the transport header starts. */
  transport = 0
  payload = 0
  /** Octets of transport payload on the wire. */
  payloadLength = 0
  /** Where the captured payload ends; not before `payload`. */
  payloadEnd = 0

  /** Kind << 24 | network identifier of the tunnel around this packet; 0 without. */
  tunnel = 0
  /** Tunnels around this packet. */
  depth = 0
  /** Family and address offsets of the packet around this one; they mean something in a tunnel alone. */
  outerFamily: number = Family.NONE
  outerSource = 0
  outerDestination = 0
  /** A value of `Inner` or an EtherType: what starts at `inner`, inside the tunnel `innerTunnel`. */
  innerType: number = Inner.NONE
  inner = 0
  innerTunnel = 0

  /** Sources hand on the same memory again and again; storing a reference costs the garbage collector's barrier. */
  setBytes(bytes: Uint8Array): void {
    if (this.bytes === bytes) return
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** Status of a header that would end at `needed`: lost by the capture, or never on the wire. */
  tooShort(needed: number): DecodeStatus {
    return needed <= this.wireEnd ? DecodeStatus.TRUNCATED : DecodeStatus.MALFORMED
  }

  /** Names what a tunnel holds; the decoder goes on there. A first fragment holds only part of it, and is left as it is. */
  setInner(type: number, inner: number, tunnel: number): void {
    if (this.moreFragments) return
    this.innerType = type
    this.inner = inner
    this.innerTunnel = tunnel
  }

  /** Makes this the packet inside the tunnel that `outer` names. Nothing but time and link is taken over. */
  enter(outer: Packet): void {
    this.setBytes(outer.bytes)
    this.timeUs = outer.timeUs
    this.frameLength = outer.frameLength
    this.wireEnd = outer.wireEnd
    this.sourceMac = outer.sourceMac
    this.destinationMac = outer.destinationMac
    const isBridged = outer.innerType === Inner.ETHERNET || outer.innerType === Inner.WIFI
    this.vlanId = isBridged ? 0 : outer.vlanId
    this.innerVlanId = isBridged ? 0 : outer.innerVlanId
    this.tunnel = outer.innerTunnel === 0 ? outer.tunnel : outer.innerTunnel
    this.depth = outer.depth + 1
    this.outerFamily = outer.innerTunnel === 0 ? outer.outerFamily : outer.family
    this.outerSource = outer.innerTunnel === 0 ? outer.outerSource : outer.sourceAddress
    this.outerDestination = outer.innerTunnel === 0 ? outer.outerDestination : outer.destinationAddress
    this.innerType = Inner.NONE
  }

  /** Declares everything from `payload` to the end of the layer to be payload. */
  setPayload(payload: number, end: number): void {
    this.payload = payload
    this.payloadLength = this.wireEnd > payload ? this.wireEnd - payload : 0
    const capturedEnd = this.wireEnd < end ? this.wireEnd : end
    this.payloadEnd = capturedEnd > payload ? capturedEnd : payload
  }
}
