import { Inner, type Packet, Tunnel } from './packet.ts'

const VERSION_1_GTP = 0x30
const HAS_EXTENSION = 4
const HAS_OPTIONAL = 7
const USER_DATA = 255
const MAX_EXTENSIONS = 8

/**
 * GTP-U (3GPP TS 29.281 section 5.1) in a UDP datagram: flags 1, message type 1, length 2, tunnel endpoint 4, and with any
 * of the last three flags sequence 2, N-PDU 1, next extension 1. Extensions count their length in words of 4 octets and
 * name the next in their last octet. The endpoint differs by direction, so it is no part of the flow's key.
 */
export function decodeGtpU(bytes: Uint8Array, packet: Packet): void {
  const start = packet.payload
  const end = packet.payloadEnd
  if (start + 12 > end || (bytes[start] & 0xf0) !== VERSION_1_GTP || bytes[start + 1] !== USER_DATA) return
  let body = start + 8
  if ((bytes[start] & HAS_OPTIONAL) !== 0) body += 4
  let next = (bytes[start] & HAS_EXTENSION) !== 0 ? bytes[start + 11] : 0
  for (let count = 0; next !== 0; count++) {
    const length = body < end ? bytes[body] << 2 : 0
    if (length === 0 || body + length > end || count === MAX_EXTENSIONS) return
    next = bytes[body + length - 1]
    body += length
  }
  packet.setInner(Inner.IP, body, Tunnel.GTP_U << 24)
}
