import type { DecodeStatus } from './decode-status.ts'
import { EtherType } from './ether-type.ts'
import { decodeNetwork } from './network.ts'
import type { Packet } from './packet.ts'

const MAX_TAGS = 4
/** Octets behind the tag's type, up to and with the next type. */
const TAG_LENGTH = 4
const E_TAG_LENGTH = 8

/**
 * VLAN tags (IEEE 802.1Q, 802.1ad): after the tag's type, priority and identifier 2, then the next type 2. The first
 * identifier is the outer one, the last the inner one; identifier 0 is a priority tag and no VLAN. The tag of IEEE 802.1BR, of
 * 6 octets and the next type, names a port and no VLAN.
 */
export function decodeVlan(
  bytes: Uint8Array,
  offset: number,
  end: number,
  etherType: number,
  packet: Packet,
): DecodeStatus {
  let type = etherType
  let body = offset
  for (let tags = 0; tags < MAX_TAGS && isTag(type); tags++) {
    const length = type === EtherType.E_TAG ? E_TAG_LENGTH : TAG_LENGTH
    if (body + length > end) return packet.tooShort(body + length)
    if (type !== EtherType.E_TAG) setVlan(((bytes[body] & 0x0f) << 8) | bytes[body + 1], packet)
    body += length
    type = (bytes[body - 2] << 8) | bytes[body - 1]
  }
  return decodeNetwork(bytes, body, end, type, packet)
}

function setVlan(id: number, packet: Packet): void {
  if (packet.vlanId === 0) packet.vlanId = id
  else packet.innerVlanId = id
}

function isTag(type: number): boolean {
  return (
    type === EtherType.VLAN ||
    type === EtherType.PROVIDER_VLAN ||
    type === EtherType.OLD_DOUBLE_VLAN ||
    type === EtherType.E_TAG
  )
}
