import type { Frame } from '../capture/frame.ts'
import { LinkType } from '../capture/link-type.ts'
import { decodeCiscoHdlc } from './cisco-hdlc.ts'
import { decodeCooked, decodeCooked2 } from './cooked.ts'
import { DecodeStatus } from './decode-status.ts'
import { EtherType } from './ether-type.ts'
import { decodeEthernet } from './ethernet.ts'
import { decodeLoopback } from './loopback.ts'
import { decodeNetwork } from './network.ts'
import type { Packet } from './packet.ts'
import { decodeRawIp } from './raw-ip.ts'

/** Names the first layer by the link type of the frame. */
export function decodeLink(frame: Frame, packet: Packet): DecodeStatus {
  const { bytes, offset } = frame
  const end = offset + frame.capturedLength
  switch (frame.linkType) {
    case LinkType.ETHERNET:
      return decodeEthernet(bytes, offset, end, packet)
    case LinkType.RAW:
    case LinkType.RAW_BSD:
    case LinkType.RAW_OPENBSD:
    case LinkType.IPV4:
    case LinkType.IPV6:
      return decodeRawIp(bytes, offset, end, packet)
    case LinkType.PPP:
    case LinkType.PPP_HDLC:
      return isCiscoHdlc(bytes[offset])
        ? decodeCiscoHdlc(bytes, offset, end, packet)
        : decodeNetwork(bytes, offset, end, EtherType.PPP, packet)
    case LinkType.CISCO_HDLC:
      return decodeCiscoHdlc(bytes, offset, end, packet)
    case LinkType.NULL:
    case LinkType.LOOP:
      return decodeLoopback(bytes, offset, end, packet)
    case LinkType.LINUX_COOKED:
      return decodeCooked(bytes, offset, end, packet)
    case LinkType.LINUX_COOKED_2:
      return decodeCooked2(bytes, offset, end, packet)
    default:
      return DecodeStatus.UNSUPPORTED_LINK_TYPE
  }
}

/** Captures of serial links call both PPP: the address octet of Cisco HDLC, unicast or broadcast, is none of PPP's. */
function isCiscoHdlc(address: number): boolean {
  return address === 0x0f || address === 0x8f
}
