import { octets, type Head } from '../recogniser.ts'
import { readUint16 } from '../byte-text.ts'
import { looksLikeDns } from '../dns/dns-message.ts'
import { message } from './message.ts'

const ACKNOWLEDGED = 0xc0
const MISSED = 0xa0
const SINGLE = 1
const SPLIT = 0x10
const UNUSED = 0x0f
const LAST_DATAGRAM = 0x8f

/**
 * A RakNet conversation whose opening was not seen: datagrams of a number 3 and frames, each with reliability 3 bits and a split
 * flag, length in bits 2, what its reliability asks for, and data; or acknowledgements of a count 2 and records. They are
 * believed where they fill the datagram to its last octet and their numbers are those of a conversation that began of late.
 */
export const raknetFrames = message(
  { name: 'raknet', firstOctets: [...octets(0x80, LAST_DATAGRAM), MISSED, ACKNOWLEDGED], confidence: 0.9 },
  (head) => {
    const { bytes, start, end, wireLength } = head
    if (wireLength !== end - start) return false
    return bytes[start] > LAST_DATAGRAM ? areRecords(head) : areFrames(head)
  },
)

/** Each a flag for one number or for a range, and 3 octets a number. */
function areRecords({ bytes, start, end }: Head): boolean {
  const count = end - start >= 3 ? readUint16(bytes, start + 1) : 0
  let at = start + 3
  for (let i = 0; i < count; i++) {
    if (at + 4 > end || bytes[at] > SINGLE || bytes[at + 3] !== 0) return false
    at += bytes[at] === SINGLE ? 4 : 7
  }
  return count > 0 && at === end
}

function areFrames({ bytes, start, end }: Head): boolean {
  // A question of DNS on a port of its own can fill these fields by chance.
  if (bytes[start + 3] !== 0 || looksLikeDns(bytes, start, end)) return false
  let at = start + 4
  while (at + 3 < end) {
    const flags = bytes[at]
    const bits = readUint16(bytes, at + 1)
    if ((flags & UNUSED) !== 0 || bits === 0 || (bits & 7) !== 0) return false
    at += 3 + extraOctets(flags >> 5) + ((flags & SPLIT) !== 0 ? 10 : 0) + (bits >> 3)
  }
  return at === end && end > start + 4
}

/** Reliable frames have a number of 3 octets, sequenced and ordered ones one more with a channel, sequenced ones another. */
function extraOctets(reliability: number): number {
  const isReliable = reliability >= 2 && reliability !== 5
  const isSequenced = reliability === 1 || reliability === 4
  const isOrdered = isSequenced || reliability === 3 || reliability === 7
  return (isReliable ? 3 : 0) + (isSequenced ? 3 : 0) + (isOrdered ? 4 : 0)
}
