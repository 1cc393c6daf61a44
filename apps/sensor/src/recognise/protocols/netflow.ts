import { readUint16, readUint32 } from '../byte-text.ts'
import { message } from './message.ts'

const RECORD_LENGTHS: Record<number, number> = { 1: 52, 5: 48, 7: 52 }
const HEADER_LENGTHS: Record<number, number> = { 1: 16, 5: 24, 7: 24 }
const MIN_TIME = 946_684_800

/**
 * NetFlow 1, 5 and 7 (version 2, count 2, records that fill the datagram), 9 (RFC 3954 section 5.1: version, count, uptime 4,
 * seconds 4) and IPFIX (RFC 7011 section 3.1: version 10, length 2 of the message, seconds 4).
 */
export const netflow = message(
  { name: 'netflow', ports: [2055, 2056, 4739, 9995, 9996, 6343], firstOctets: [0] },
  (head, facts) => {
    const { bytes, start, end, wireLength } = head
    if (end - start < 16 || bytes[start] !== 0) return false
    const version = bytes[start + 1]
    const count = readUint16(bytes, start + 2)
    if (version === 10) {
      if (count !== wireLength || readUint32(bytes, start + 4) < MIN_TIME) return false
      facts.protocol = 'ipfix'
      return true
    }
    facts.set('netflow.version', version)
    if (version === 9) return count > 0 && count <= 200 && readUint32(bytes, start + 8) > MIN_TIME && end - start >= 24
    const record = RECORD_LENGTHS[version]
    return record !== undefined && count > 0 && count <= 30 && HEADER_LENGTHS[version] + count * record === wireLength
  },
)
