import { DecodeStatus } from './decode-status.ts'
import { EtherType } from './ether-type.ts'
import { Inner, type Packet, Tunnel } from './packet.ts'

const HAS_CHECKSUM = 0x80
const HAS_ROUTING = 0x40
const HAS_KEY = 0x20
const HAS_SEQUENCE = 0x10
const HAS_ACKNOWLEDGEMENT = 0x80
const GRE = Tunnel.GRE << 24

/**
 * GRE: 0 flags and version   2 protocol type, then, each if its flag is set, checksum 4, key 4, sequence 4 (RFC 2784,
 * RFC 2890); in version 1 acknowledgement 4, and PPP inside (RFC 2637). Source routes (RFC 1701) are not followed.
 */
export function decodeGre(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  if (offset + 4 > end) return packet.tooShort(offset + 4)
  const flags = bytes[offset]
  const version = bytes[offset + 1] & 7
  const type = (bytes[offset + 2] << 8) | bytes[offset + 3]
  let body = offset + 4
  if ((flags & HAS_CHECKSUM) !== 0) body += 4
  if ((flags & HAS_KEY) !== 0) body += 4
  if ((flags & HAS_SEQUENCE) !== 0) body += 4
  if (version === 1 && (bytes[offset + 1] & HAS_ACKNOWLEDGEMENT) !== 0) body += 4
  if (body > end) return packet.tooShort(body)
  packet.setPayload(body, end)
  if (version <= 1 && (flags & HAS_ROUTING) === 0) setInner(type, body, (flags & HAS_SEQUENCE) !== 0, packet)
  return DecodeStatus.OK
}

function setInner(type: number, body: number, hasSequence: boolean, packet: Packet): void {
  if (type === EtherType.ETHERNET_BRIDGING) packet.setInner(Inner.ETHERNET, body, GRE)
  // Type I has no header of its own, and no sequence number; type II has 8 octets, type III 12.
  else if (type === EtherType.ERSPAN) packet.setInner(Inner.ETHERNET, hasSequence ? body + 8 : body, GRE)
  else if (type === EtherType.ERSPAN_III) packet.setInner(Inner.ETHERNET, body + 12, GRE)
  // Version 1 without payload is an acknowledgement alone.
  else if (packet.payloadLength > 0) packet.setInner(type, body, GRE)
}
