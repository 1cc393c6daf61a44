import { hasAnyText, readUint32 } from '../byte-text.ts'
import { octets } from '../recogniser.ts'
import { message } from './message.ts'

const QUERIES = ['TSource Engine Query\0', 'U', 'V', 'W']
const ANSWERS = ['I', 'A', 'D', 'E', 'm']
const DISCOVERY = 0x214c_5fa0

/**
 * Steam: server queries (Valve's "Server queries": FF FF FF FF, then a letter; the information query has its text), and local
 * discovery by FF FF FF FF 21 4C 5F A0.
 */
export const steam = message(
  { name: 'steam', ports: [27015, 27016, 27036], firstOctets: octets(0xff, 0xff) },
  ({ bytes, start, end, destinationPort }) => {
    if (end - start < 5 || readUint32(bytes, start) !== 0xffff_ffff) return false
    if (readUint32(bytes, start + 4) === DISCOVERY || hasAnyText(bytes, start + 4, end, QUERIES.slice(0, 1)))
      return true
    const isPort = destinationPort >= 27_000 && destinationPort <= 27_050
    return isPort && end - start <= 9
      ? hasAnyText(bytes, start + 4, end, QUERIES)
      : isPort && hasAnyText(bytes, start + 4, end, ANSWERS)
  },
)
