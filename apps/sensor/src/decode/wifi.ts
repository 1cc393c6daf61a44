import { DecodeStatus } from './decode-status.ts'
import { decodeNetwork } from './network.ts'
import type { Packet } from './packet.ts'

const VERSION_AND_TYPE = 0x0f
const DATA = 0x08
const WITHOUT_DATA = 0x40
const QUALITY_OF_SERVICE = 0x80
const TO_SYSTEM = 1
const FROM_SYSTEM = 2
const PROTECTED = 0x40
const ORDER = 0x80

/**
 * A data frame of IEEE 802.11 (section 9.3.2): frame control 2, duration 2, three addresses, sequence 2, a fourth address between access
 * points, quality of service 2, high throughput 4, then LLC with SNAP. Some controllers swap the octets of frame control; only one
 * order has the version 0 and the type of data. Management, control and encrypted frames are not decoded.
 */
export function decodeWifi(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  if (offset + 24 > end) return packet.tooShort(offset + 24)
  const isSwapped = (bytes[offset] & VERSION_AND_TYPE) !== DATA
  const type = bytes[isSwapped ? offset + 1 : offset]
  const flags = bytes[isSwapped ? offset : offset + 1]
  if ((type & VERSION_AND_TYPE) !== DATA || (type & WITHOUT_DATA) !== 0 || (flags & PROTECTED) !== 0)
    return DecodeStatus.MALFORMED
  const isBetween = (flags & (TO_SYSTEM | FROM_SYSTEM)) === (TO_SYSTEM | FROM_SYSTEM)
  const hasQuality = (type & QUALITY_OF_SERVICE) !== 0
  let body = offset + 24 + (isBetween ? 6 : 0) + (hasQuality ? 2 : 0)
  if (hasQuality && (flags & ORDER) !== 0) body += 4
  if (body + 8 > end) return packet.tooShort(body + 8)
  if (bytes[body] !== 0xaa || bytes[body + 1] !== 0xaa || bytes[body + 2] !== 3) return DecodeStatus.MALFORMED
  packet.destinationMac = (flags & TO_SYSTEM) !== 0 ? offset + 16 : offset + 4
  packet.sourceMac = isBetween ? offset + 24 : (flags & FROM_SYSTEM) !== 0 ? offset + 16 : offset + 10
  return decodeNetwork(bytes, body + 8, end, (bytes[body + 6] << 8) | bytes[body + 7], packet)
}
