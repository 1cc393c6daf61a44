import { EtherType } from './ether-type.ts'
import { type Packet, Tunnel } from './packet.ts'

const CONTROL = 0x80
const HAS_LENGTH = 0x40
const HAS_SEQUENCE = 0x08
const HAS_OFFSET = 0x02
const RESERVED = 0x34
const VERSION_2 = 2

/**
 * L2TP data (RFC 2661 section 3.1) in a UDP datagram: flags 1, version 1, length 2 where a flag says so, tunnel 2, session 2, sequence
 * numbers 4 and offset 2 where flags say so, then PPP. Tunnel and session differ by direction, so they are no part of the flow's key.
 * Control messages stay datagrams.
 */
export function decodeL2tp(bytes: Uint8Array, packet: Packet): void {
  const start = packet.payload
  const flags = bytes[start]
  if (start + 8 > packet.payloadEnd || (flags & (CONTROL | RESERVED)) !== 0 || bytes[start + 1] !== VERSION_2) return
  let body = start + 6
  if ((flags & HAS_LENGTH) !== 0) body += 2
  if ((flags & HAS_SEQUENCE) !== 0) body += 4
  if ((flags & HAS_OFFSET) !== 0) {
    if (body + 2 > packet.payloadEnd) return
    body += 2 + ((bytes[body] << 8) | bytes[body + 1])
  }
  if (body < packet.payloadEnd) packet.setInner(EtherType.PPP, body, Tunnel.L2TP << 24)
}
