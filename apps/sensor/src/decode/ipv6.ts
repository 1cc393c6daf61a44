import { DecodeStatus } from './decode-status.ts'
import { Family, type Packet } from './packet.ts'
import { decodeTransport } from './transport.ts'

const MAX_EXTENSIONS = 8
const HOP_BY_HOP = 0
const ROUTING = 43
const FRAGMENT = 44
const AUTHENTICATION = 51
const DESTINATION_OPTIONS = 60
const MOBILITY = 135
const HOST_IDENTITY = 139
const SHIM6 = 140

/**
 * IPv6 (RFC 8200): 4 payload length   6 next header   7 hop limit   8 source   24 destination, then extension headers.
 * A payload length of 0 is a jumbogram or an unsegmented packet of this host: the frame's length holds.
 */
export function decodeIpv6(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  const body = offset + 40
  if (body > end) return packet.tooShort(body)
  if (bytes[offset] >> 4 !== 6) return DecodeStatus.MALFORMED
  const payloadLength = (bytes[offset + 4] << 8) | bytes[offset + 5]
  if (payloadLength !== 0) packet.wireEnd = body + payloadLength

  packet.family = Family.IPV6
  packet.length = packet.wireEnd - offset
  packet.ttl = bytes[offset + 7]
  packet.trafficClass = ((bytes[offset] & 0xf) << 4) | (bytes[offset + 1] >> 4)
  packet.sourceAddress = offset + 8
  packet.destinationAddress = offset + 24
  packet.laterFragment = false
  packet.moreFragments = false
  // What lies beyond the payload length is padding of the link.
  return decodeExtensions(bytes, body, end < packet.wireEnd ? end : packet.wireEnd, packet)
}

/** Walks extension headers (RFC 8200 section 4): next header 1, length 1, ...; after a later fragment nothing follows. */
function decodeExtensions(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  let next = bytes[offset - 34]
  let body = offset
  for (let count = 0; isExtension(next); count++) {
    if (count === MAX_EXTENSIONS) return DecodeStatus.MALFORMED
    if (body + 8 > end) return packet.tooShort(body + 8)
    if (next === FRAGMENT) {
      const fragment = (bytes[body + 2] << 8) | bytes[body + 3]
      packet.laterFragment = fragment >> 3 !== 0
      packet.moreFragments = (fragment & 1) !== 0
      packet.fragmentId = (bytes[body + 4] << 24) | (bytes[body + 5] << 16) | (bytes[body + 6] << 8) | bytes[body + 7]
      packet.fragmentOffset = fragment & 0xfff8
      packet.fragmentBody = body + 8
      packet.fragmentEnd = end
      packet.fragmentProtocol = bytes[body]
    }
    const length = extensionLength(next, bytes[body + 1])
    next = bytes[body]
    body += length
    if (body > end) return packet.tooShort(body)
    if (packet.laterFragment) break
  }
  packet.protocol = next
  return decodeTransport(bytes, body, end, packet)
}

function isExtension(next: number): boolean {
  switch (next) {
    case HOP_BY_HOP:
    case ROUTING:
    case FRAGMENT:
    case AUTHENTICATION:
    case DESTINATION_OPTIONS:
    case MOBILITY:
    case HOST_IDENTITY:
    case SHIM6:
      return true
    default:
      return false
  }
}

function extensionLength(type: number, field: number): number {
  if (type === FRAGMENT) return 8
  // RFC 4302 section 2.2: the authentication header counts in words of 4 octets, minus 2.
  if (type === AUTHENTICATION) return (field + 2) << 2
  return (field + 1) << 3
}
