import { readUint32 } from './byte-text.ts'
import { type Head, type Recogniser, Verdict } from './recogniser.ts'

const VERSION_1 = 1
const VERSION_2 = 0x6b3343cf
const MAX_CONNECTION_ID = 20

/**
 * QUIC by its long header (RFC 8999, RFC 9000 section 17.2): form and fixed bit 11, version 4, then two connection ids with
 * their lengths. Version 0 is version negotiation and may have the fixed bit clear.
 */
export const quic: Recogniser = {
  name: 'quic',
  transport: 'udp',
  recognise({ bytes, start, end }: Head): Verdict {
    if (end - start < 21 || (bytes[start] & 0x80) === 0) return Verdict.NO
    const version = readUint32(bytes, start + 1)
    const isNegotiation = version === 0
    if (!isNegotiation && ((bytes[start] & 0x40) === 0 || !isKnown(version))) return Verdict.NO
    const destinationLength = bytes[start + 5]
    const sourceAt = start + 6 + destinationLength
    if (destinationLength > MAX_CONNECTION_ID || sourceAt >= end || bytes[sourceAt] > MAX_CONNECTION_ID)
      return Verdict.NO
    if (isNegotiation && (destinationLength === 0 || (end - sourceAt - 1 - bytes[sourceAt]) % 4 !== 0))
      return Verdict.NO
    return Verdict.YES
  },
}

/** Drafts of the IETF and of its implementers, and versions reserved to exercise negotiation (RFC 9000 section 15). */
function isKnown(version: number): boolean {
  if (version === VERSION_1 || version === VERSION_2) return true
  const top = version >>> 8
  return top === 0xff0000 || top === 0xfaceb0 || (version & 0x0f0f0f0f) === 0x0a0a0a0a
}
