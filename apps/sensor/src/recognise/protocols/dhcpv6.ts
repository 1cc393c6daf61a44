import { readUint16 } from '../byte-text.ts'
import { message } from './message.ts'

const LAST_TYPE = 36
const RELAY_FORWARD = 12
const RELAY_REPLY = 13

/** DHCPv6 (RFC 8415 sections 8 and 21.1): type, transaction id 3, then options of code 2, length 2; relays have 34 octets first. */
export const dhcpv6 = message(
  { name: 'dhcpv6', ports: [546, 547], onlyOnPorts: true },
  ({ bytes, start, end }, facts) => {
    const type = bytes[start]
    if (type < 1 || type > LAST_TYPE) return false
    let at = start + (type === RELAY_FORWARD || type === RELAY_REPLY ? 34 : 4)
    if (at + 4 > end) return false
    while (at + 4 <= end) at += 4 + readUint16(bytes, at + 2)
    facts.set('dhcpv6.message_type', type)
    return at === end
  },
)
