import type { Frame } from '../capture/frame.ts'
import { LinkType } from '../capture/link-type.ts'
import { decodeCooked, decodeCooked2 } from './cooked.ts'
import { DecodeStatus } from './decode-status.ts'
import { decodeEthernet } from './ethernet.ts'
import { FragmentPorts } from './fragment-ports.ts'
import { decodeLoopback } from './loopback.ts'
import { Packet } from './packet.ts'
import { decodeRawIp } from './raw-ip.ts'

/** Decodes frames into one reused Packet. Keeps nothing else but the ports of first fragments, in a bounded table. */
export class Decoder {
  readonly packet = new Packet()
  readonly #fragments = new FragmentPorts()

  decode(frame: Frame): DecodeStatus {
    const packet = this.packet
    packet.bytes = frame.bytes
    packet.timeUs = frame.timeUs
    packet.frameLength = frame.wireLength
    packet.wireEnd = frame.offset + frame.wireLength
    packet.sourceMac = -1
    packet.destinationMac = -1
    packet.vlanId = frame.vlanId
    packet.innerVlanId = 0
    const status = decodeLink(frame, packet)
    if (status === DecodeStatus.OK && (packet.laterFragment || packet.moreFragments)) this.#fragments.resolve(packet)
    return status
  }
}

function decodeLink(frame: Frame, packet: Packet): DecodeStatus {
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
