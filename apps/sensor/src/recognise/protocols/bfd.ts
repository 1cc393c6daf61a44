import { Family, type Packet } from '../../decode/packet.ts'
import { message } from './message.ts'

/**
 * Bidirectional forwarding detection (RFC 5880 section 4.1): version 1, diagnostic 0 to 8, length of 24 octets and more. Echoes
 * (RFC 5881 section 4) go to port 3785 and hold what the sender likes, but come back to where they came from.
 */
export const bfd = message(
  { name: 'bfd', ports: [3784, 3785, 4784], onlyOnPorts: true },
  ({ bytes, start, end, packet, destinationPort }) => {
    if (destinationPort === 3785) return comesBack(packet)
    if (end - start < 24 || bytes[start] >> 5 > 1 || (bytes[start] & 0x1f) > 8) return false
    return bytes[start + 3] >= 24 && bytes[start + 3] <= end - start && bytes[start + 2] > 0
  },
)

function comesBack({ bytes, sourceAddress, destinationAddress, family }: Packet): boolean {
  const length = family === Family.IPV4 ? 4 : 16
  for (let i = 0; i < length; i++) if (bytes[sourceAddress + i] !== bytes[destinationAddress + i]) return false
  return true
}
