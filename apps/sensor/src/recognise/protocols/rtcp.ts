import { readUint16 } from '../byte-text.ts'
import { octets } from '../recogniser.ts'
import { message } from './message.ts'

const FIRST_TYPE = 200
const LAST_TYPE = 207
const SENDER_REPORT = 200
const RECEIVER_REPORT = 201

/**
 * RTCP (RFC 3550 section 6.4): packets of version 2, type 200 to 207, length 2 in words less one, one after the other; the first
 * is a report, the lengths add up to the datagram (encrypted ones have 14 octets more, RFC 3711 section 3.4).
 */
export const rtcp = message({ name: 'rtcp', firstOctets: octets(0x80, 0x9f), confidence: 0.95 }, (head) => {
  const { bytes, start, end, wireLength } = head
  if (end - start < 8 || head.sourcePort < 1_024 || head.destinationPort < 1_024) return false
  if (bytes[start + 1] !== SENDER_REPORT && bytes[start + 1] !== RECEIVER_REPORT) return false
  let at = start
  for (let count = 0; at + 4 <= end; count++) {
    if (bytes[at] >> 6 !== 2 || bytes[at + 1] < FIRST_TYPE || bytes[at + 1] > LAST_TYPE) return count > 0
    at += (readUint16(bytes, at + 2) + 1) * 4
  }
  return at === start + wireLength
})
