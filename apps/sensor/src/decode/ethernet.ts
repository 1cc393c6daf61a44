import { DecodeStatus } from './decode-status.ts'
import { EtherType } from './ether-type.ts'
import { decodeNetwork } from './network.ts'
import type { Packet } from './packet.ts'
import { decodeVlan } from './vlan.ts'

/**
 * Ethernet (IEEE 802.3): destination 6, source 6, type or length 2.
 * Values up to 1500 are a length: an LLC header follows, and with SNAP (RFC 1042) a type after all. Through a Cisco FabricPath network
 * a whole frame goes behind another Ethernet header and 2 octets, tree 10 bits and time to live 6: it is the inner that is metered.
 */
export function decodeEthernet(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  const body = offset + 14
  if (body > end) return packet.tooShort(body)
  packet.destinationMac = offset
  packet.sourceMac = offset + 6
  const type = packet.view.getUint16(offset + 12)
  if (type === EtherType.IPV4 || type === EtherType.IPV6) return decodeNetwork(bytes, body, end, type, packet)
  if (type === EtherType.FABRIC_PATH) return decodeFabricPath(bytes, body, end, packet)
  if (type > 1500) return decodeVlan(bytes, body, end, type, packet)
  const isSnap = body + 8 <= end && bytes[body] === 0xaa && bytes[body + 1] === 0xaa && bytes[body + 2] === 3
  if (isSnap && bytes[body + 3] === 0 && bytes[body + 4] === 0 && bytes[body + 5] === 0) {
    return decodeVlan(bytes, body + 8, end, (bytes[body + 6] << 8) | bytes[body + 7], packet)
  }
  return decodeNetwork(bytes, body, end, EtherType.LLC, packet)
}

/** They do not nest: one inside another is a packet of its EtherType. */
function decodeFabricPath(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  const frame = offset + 2
  if (frame + 14 > end) return packet.tooShort(frame + 14)
  const type = packet.view.getUint16(frame + 12)
  if (type === EtherType.FABRIC_PATH) return decodeNetwork(bytes, offset, end, type, packet)
  return decodeEthernet(bytes, frame, end, packet)
}
