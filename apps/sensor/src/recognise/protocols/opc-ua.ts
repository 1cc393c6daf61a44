import { hasAnyText, readText, readUint32LE } from '../byte-text.ts'
import { message } from './message.ts'

const TYPES = ['HELF', 'ACKF', 'ERRF', 'OPNF', 'MSGF', 'CLOF', 'MSGC', 'RHEF']
const MIN_BUFFER = 8_192

/** OPC UA over TCP (part 6 section 7.1.2): type 3 and chunk 1 as text, size 4; a hello has version 4, buffer sizes 4 each and an address. */
export const opcUa = message(
  { name: 'opcua', transport: 'tcp', ports: [4840], firstOctets: [0x41, 0x43, 0x45, 0x48, 0x4d, 0x4f, 0x52] },
  ({ bytes, start, end }, facts) => {
    if (end - start < 16 || !hasAnyText(bytes, start, end, TYPES)) return false
    const size = readUint32LE(bytes, start + 4)
    if (size < 16 || size > 1 << 24) return false
    if (bytes[start] !== 0x48) return size <= end - start || end - start > 1_000
    if (readUint32LE(bytes, start + 12) < MIN_BUFFER) return false
    const length = readUint32LE(bytes, start + 28)
    if (length <= 200 && start + 32 + length <= end)
      facts.set('opcua.endpoint', readText(bytes, start + 32, start + 32 + length))
    return true
  },
)
