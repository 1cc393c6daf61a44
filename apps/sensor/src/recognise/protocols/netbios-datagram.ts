import { readUint16 } from '../byte-text.ts'
import { readName } from '../dns/dns-message.ts'
import { netbiosName } from '../dns/netbios-name.ts'
import { message } from './message.ts'

const HEADER = 14
const FIRST_DATA = 0x10
const LAST_DATA = 0x12
/** A length, the encoded name of 32 octets, a scope of none. */
const NAME = 34

/**
 * NetBIOS datagrams (RFC 1002 section 4.4): type 0x10 to 0x16, flags, id 2, the sender's address 4 and port 2, length 2; those with
 * data (0x10 to 0x12) an offset 2 and the names of both ends.
 */
export const netbiosDatagram = message({ name: 'nbdgm', ports: [138], onlyOnPorts: true }, (head, facts) => {
  const { bytes, start, end } = head
  if (end - start < HEADER || bytes[start] < FIRST_DATA || bytes[start] > 0x16 || bytes[start + 1] > 0x0f) return false
  if (readUint16(bytes, start + 10) + HEADER > head.wireLength) return false
  if (bytes[start] <= LAST_DATA) {
    for (const [i, role] of ['source', 'destination'].entries())
      facts.set(`netbios.${role}.name`, netbiosName(readName(bytes, start, start + HEADER + i * NAME, end) ?? ''))
  }
  return true
})
