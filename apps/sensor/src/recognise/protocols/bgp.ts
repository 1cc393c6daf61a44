import { readUint16, readUint32 } from '../byte-text.ts'
import { message } from './message.ts'

const HEADER = 19
const OPEN = 1

/** BGP (RFC 4271 section 4.1): a marker of sixteen FF, length 2 (19 to 4096), type 1 to 5. */
export const bgp = message(
  { name: 'bgp', transport: 'tcp', ports: [179], firstOctets: [0xff] },
  ({ bytes, start, end }, facts) => {
    if (end - start < HEADER) return false
    for (let i = 0; i < 16; i += 4) if (readUint32(bytes, start + i) !== 0xffff_ffff) return false
    const length = readUint16(bytes, start + 16)
    const type = bytes[start + 18]
    if (length < HEADER || length > 4_096 || type < 1 || type > 5) return false
    if (type === OPEN && end - start >= 22) facts.set('bgp.as', readUint16(bytes, start + 20))
    return true
  },
)
