import { DecodeStatus } from './decode-status.ts'
import { EtherType } from './ether-type.ts'
import { decodeNetwork } from './network.ts'
import type { Packet } from './packet.ts'
import { decodeVlan } from './vlan.ts'

/**
 * Ethernet (IEEE 802.3): destination 6, source 6, type or length 2.
 * Values up to 1500 are a length: an LLC header follows, and with SNAP (RFC 1042) a type after all.
 */
export function decodeEthernet(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  const body = offset + 14
  if (body > end) return packet.tooShort(body)
  packet.destinationMac = offset
  packet.sourceMac = offset + 6
  const type = packet.view.getUint16(offset + 12)
  if (type === EtherType.IPV4 || type === EtherType.IPV6) return decodeNetwork(bytes, body, end, type, packet)
  if (type > 1500) return decodeVlan(bytes, body, end, type, packet)
  const isSnap = body + 8 <= end && bytes[body] === 0xaa && bytes[body + 1] === 0xaa && bytes[body + 2] === 3
  if (isSnap && bytes[body + 3] === 0 && bytes[body + 4] === 0 && bytes[body + 5] === 0) {
    return decodeVlan(bytes, body + 8, end, (bytes[body + 6] << 8) | bytes[body + 7], packet)
  }
  return decodeNetwork(bytes, body, end, EtherType.LLC, packet)
}
