import { DecodeStatus } from './decode-status.ts'
import type { Packet } from './packet.ts'

/** ICMPv6 (RFC 4443): 0 type   1 code   2 checksum   4 rest. Types and counterparts as for ICMP, see `icmp.ts`. */
export function decodeIcmpv6(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  if (offset + 4 > end) return packet.tooShort(offset + 4)
  const type = bytes[offset]
  const counterpart = icmpv6Counterpart(type)
  packet.sourcePort = type
  packet.oneWay = counterpart < 0
  packet.destinationPort = counterpart < 0 ? bytes[offset + 1] : counterpart
  packet.setPayload(offset + 8, end)
  return DecodeStatus.OK
}

function icmpv6Counterpart(type: number): number {
  switch (type) {
    case 128: // echo request, reply
      return 129
    case 129:
      return 128
    case 130: // multicast listener query, report
      return 131
    case 131:
      return 130
    case 133: // router solicitation, advertisement
      return 134
    case 134:
      return 133
    case 135: // neighbour solicitation, advertisement
      return 136
    case 136:
      return 135
    case 139: // node information query, reply
      return 140
    case 140:
      return 139
    case 144: // home agent address discovery request, reply
      return 145
    case 145:
      return 144
    default:
      return -1
  }
}
