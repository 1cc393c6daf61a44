import { decodeCapwap } from './capwap.ts'
import { DecodeStatus } from './decode-status.ts'
import { decodeGeneve } from './geneve.ts'
import { decodeGtpU } from './gtp-u.ts'
import { decodeL2tp } from './l2tp.ts'
import { Inner, type Packet } from './packet.ts'
import { decodeTeredo } from './teredo.ts'
import { decodeVxlan } from './vxlan.ts'

const L2TP_PORT = 1_701
const GTP_U_PORT = 2_152
const TEREDO_PORT = 3_544
const VXLAN_PORT = 4_789
/** What Linux used before the number was assigned, and still does unless told. */
const VXLAN_LINUX_PORT = 8_472
const CAPWAP_DATA_PORT = 5_247
const GENEVE_PORT = 6_081

const { MALFORMED, OK } = DecodeStatus
const { NONE } = Inner

/** UDP (RFC 768): 0 source port   2 destination port   4 length   6 checksum. Length 0 is a jumbogram (RFC 2675). */
export function decodeUdp(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  if (offset + 8 > end) return packet.tooShort(offset + 8)
  const { view } = packet
  const length = view.getUint16(offset + 4)
  if (length !== 0 && length < 8) return MALFORMED
  const sourcePort = view.getUint16(offset)
  const destinationPort = view.getUint16(offset + 2)
  packet.sourcePort = sourcePort
  packet.destinationPort = destinationPort
  packet.setPayload(offset + 8, end)
  if (destinationPort >= L2TP_PORT) decodeTunnel(bytes, destinationPort, packet)
  if (sourcePort >= L2TP_PORT && packet.innerType === NONE) decodeTunnelBack(bytes, sourcePort, packet)
  return OK
}

function decodeTunnel(bytes: Uint8Array, destinationPort: number, packet: Packet): void {
  switch (destinationPort) {
    case VXLAN_PORT:
    case VXLAN_LINUX_PORT:
      return decodeVxlan(bytes, packet)
    case GTP_U_PORT:
      return decodeGtpU(bytes, packet)
    case GENEVE_PORT:
      return decodeGeneve(bytes, packet)
    default:
      return decodeTunnelBack(bytes, destinationPort, packet)
  }
}

/** Those whose answers come from the port. */
function decodeTunnelBack(bytes: Uint8Array, port: number, packet: Packet): void {
  if (port === TEREDO_PORT) decodeTeredo(bytes, packet)
  else if (port === CAPWAP_DATA_PORT) decodeCapwap(bytes, packet)
  else if (port === L2TP_PORT) decodeL2tp(bytes, packet)
}
