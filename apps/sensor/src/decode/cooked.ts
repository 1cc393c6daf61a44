import type { DecodeStatus } from './decode-status.ts'
import { EtherType } from './ether-type.ts'
import type { Packet } from './packet.ts'
import { decodeVlan } from './vlan.ts'

const ETHERNET_ADDRESS_LENGTH = 6

/** Linux cooked capture 1: 0 packet type   2 hardware type   4 address length   6 source address 8   14 protocol. */
export function decodeCooked(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  const body = offset + 16
  if (body > end) return packet.tooShort(body)
  if (((bytes[offset + 4] << 8) | bytes[offset + 5]) === ETHERNET_ADDRESS_LENGTH) packet.sourceMac = offset + 6
  return decodeVlan(bytes, body, end, cookedType((bytes[offset + 14] << 8) | bytes[offset + 15]), packet)
}

/**
 * Linux cooked capture 2: 0 protocol   2 reserved   4 interface index   8 hardware type   10 packet type
 *   11 address length   12 source address 8.
 */
export function decodeCooked2(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  const body = offset + 20
  if (body > end) return packet.tooShort(body)
  if (bytes[offset + 11] === ETHERNET_ADDRESS_LENGTH) packet.sourceMac = offset + 12
  return decodeVlan(bytes, body, end, cookedType((bytes[offset] << 8) | bytes[offset + 1]), packet)
}

/** Protocol 1 and 4 are Linux's own numbers for frames with a length instead of a type. */
function cookedType(protocol: number): number {
  return protocol <= 4 ? EtherType.LLC : protocol
}
