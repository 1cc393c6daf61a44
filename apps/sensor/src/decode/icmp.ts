import { DecodeStatus } from './decode-status.ts'
import type { Packet } from './packet.ts'

/**
 * ICMP (RFC 792): 0 type   1 code   2 checksum   4 rest. As Community ID has it, a type with a counterpart takes that as
 * destination port, so that request and reply are one flow; any other takes its code and is one-way.
 */
export function decodeIcmp(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  if (offset + 4 > end) return packet.tooShort(offset + 4)
  const type = bytes[offset]
  const counterpart = icmpCounterpart(type)
  packet.sourcePort = type
  packet.oneWay = counterpart < 0
  packet.destinationPort = counterpart < 0 ? bytes[offset + 1] : counterpart
  packet.setPayload(offset + 8, end)
  return DecodeStatus.OK
}

function icmpCounterpart(type: number): number {
  switch (type) {
    case 0: // echo reply, echo
      return 8
    case 8:
      return 0
    case 9: // router advertisement, solicitation
      return 10
    case 10:
      return 9
    case 13: // timestamp, reply
      return 14
    case 14:
      return 13
    case 15: // information request, reply
      return 16
    case 16:
      return 15
    case 17: // address mask request, reply
      return 18
    case 18:
      return 17
    default:
      return -1
  }
}
