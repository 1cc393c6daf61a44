import { readUint32 } from '../byte-text.ts'
import { message } from './message.ts'

const HEADER = 9
/** Nodes among themselves open with this. */
const INTERNODE_MAGIC = 0xca55_2dfa
const STARTUP = 1
const OPTIONS = 5
const LAST_OPERATION = 16
const MAX_BODY = 256 << 20

/** Cassandra native protocol: version 3 to 5 (bit 7 in responses), flags, stream 2, operation, length 4. Opens with STARTUP or OPTIONS. */
export const cassandra = message(
  { name: 'cassandra', transport: 'tcp', ports: [9042], firstOctets: [3, 4, 5, 0x83, 0x84, 0x85, 0xca] },
  ({ bytes, start, end, forward, destinationPort }) => {
    if (end - start < HEADER) return false
    if (readUint32(bytes, start) === INTERNODE_MAGIC) return true
    const version = bytes[start] & 0x7f
    const operation = bytes[start + 4]
    const length = readUint32(bytes, start + 5)
    if (version < 3 || version > 5 || bytes[start] >= 0x80 === forward || bytes[start + 1] > 0x1f) return false
    if (operation > LAST_OPERATION || length > MAX_BODY || length + HEADER < end - start) return false
    const opens = (operation === STARTUP || operation === OPTIONS) && length + HEADER === end - start
    return destinationPort === 9042 ? operation > 0 || length > 0 : opens && (operation === OPTIONS) === (length === 0)
  },
)
