import { readUint16 } from '../byte-text.ts'
import { message } from './message.ts'

/** BACnet/IP (ASHRAE 135 annex J): type 0x81, function 0 to 12, length 2 of the whole; the network layer has version 1. */
export const bacnet = message(
  { name: 'bacnet', ports: [47808], firstOctets: [0x81] },
  ({ bytes, start, end, wireLength }, facts) => {
    const kind = bytes[start + 1]
    if (end - start < 4 || kind > 12 || readUint16(bytes, start + 2) !== wireLength) return false
    // Unicast, broadcast and forwarded network messages (the last with the sender's address 6) carry a network layer.
    const network = kind === 0x0a || kind === 0x0b ? start + 4 : kind === 4 ? start + 10 : -1
    if (network >= 0 && bytes[network] !== 1) return false
    facts.set('bacnet.function', kind)
    return true
  },
)
