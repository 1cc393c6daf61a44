import { DecodeStatus } from './decode-status.ts'
import { decodeGeneve } from './geneve.ts'
import { decodeGtpU } from './gtp-u.ts'
import type { Packet } from './packet.ts'
import { decodeVxlan } from './vxlan.ts'

const GTP_U_PORT = 2_152
const VXLAN_PORT = 4_789
/** What Linux used before the number was assigned, and still does unless told. */
const VXLAN_LINUX_PORT = 8_472
const GENEVE_PORT = 6_081

const { MALFORMED, OK } = DecodeStatus

/** UDP (RFC 768): 0 source port   2 destination port   4 length   6 checksum. Length 0 is a jumbogram (RFC 2675). */
export function decodeUdp(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  if (offset + 8 > end) return packet.tooShort(offset + 8)
  const { view } = packet
  const length = view.getUint16(offset + 4)
  if (length !== 0 && length < 8) return MALFORMED
  const destinationPort = view.getUint16(offset + 2)
  packet.sourcePort = view.getUint16(offset)
  packet.destinationPort = destinationPort
  packet.setPayload(offset + 8, end)
  if (destinationPort >= GTP_U_PORT) decodeTunnel(bytes, destinationPort, packet)
  return OK
}

function decodeTunnel(bytes: Uint8Array, destinationPort: number, packet: Packet): void {
  if (destinationPort === VXLAN_PORT || destinationPort === VXLAN_LINUX_PORT) decodeVxlan(bytes, packet)
  else if (destinationPort === GTP_U_PORT) decodeGtpU(bytes, packet)
  else if (destinationPort === GENEVE_PORT) decodeGeneve(bytes, packet)
}
