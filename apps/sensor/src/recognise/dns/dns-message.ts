import { readText, readUint16 } from '../byte-text.ts'

export const DNS_HEADER = 12
const MAX_POINTERS = 16
const MAX_NAME = 255

/**
 * Whether the octets can be a DNS message (RFC 1035 section 4.1): known operation and response code, no reserved bit,
 * counts that fit the length. Flags: QR 1, opcode 4, AA TC RD RA 4, Z 1, AD CD 2, rcode 4.
 */
export function looksLikeDns(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < DNS_HEADER + 1) return false
  const flags = readUint16(bytes, start + 2)
  const questions = readUint16(bytes, start + 4)
  const records = readUint16(bytes, start + 6) + readUint16(bytes, start + 8) + readUint16(bytes, start + 10)
  const opcode = (flags >> 11) & 15
  if (opcode > 6 || opcode === 3 || (flags & 15) > 11 || (flags & 0x40) !== 0) return false
  if (questions > 16 || questions + records === 0) return false
  // A question takes 5 octets at least, a record 11.
  return start + DNS_HEADER + questions * 5 <= end && records * 11 <= 65_535
}

/**
 * Whether a message whose counts do not fit still opens with a question: a name with a label, then a class that exists (RFC 1035
 * section 3.2.4, its top bit as multicast DNS uses it). Lying counts are an old evasion.
 */
export function opensWithQuestion(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < DNS_HEADER + 7 || bytes[start + DNS_HEADER] === 0 || ((bytes[start + 2] >> 3) & 15) > 6)
    return false
  const after = skipName(bytes, start + DNS_HEADER, end)
  if (after < start + DNS_HEADER + 3 || after + 4 > end) return false
  const questionClass = readUint16(bytes, after + 2) & 0x7fff
  return readUint16(bytes, after) > 0 && (questionClass === 1 || questionClass === 255)
}

/** Offset after a name (RFC 1035 section 4.1.4), or -1 where it does not end within the message. */
export function skipName(bytes: Uint8Array, offset: number, end: number): number {
  for (let at = offset; at < end;) {
    const length = bytes[at]
    if (length === 0) return at + 1
    if (length >= 0xc0) return at + 2 <= end ? at + 2 : -1
    if (length > 63) return -1
    at += 1 + length
  }
  return -1
}

/** A name as it is put together; each octet of the last label can take four characters. */
const name = new Uint8Array(MAX_NAME + 1 + 4 * 63)
const DOT = 0x2e
const BACKSLASH = 0x5c
const DIGIT_0 = 0x30

/** The name at `offset`, lower case without final dot; undefined where it is not sound. "" is the root. */
export function readName(bytes: Uint8Array, start: number, offset: number, end: number): string | undefined {
  let written = 0
  let at = offset
  for (let pointers = 0; at < end;) {
    const length = bytes[at]
    if (length === 0) return readText(name, 0, written)
    if (length >= 0xc0) {
      if (++pointers > MAX_POINTERS || at + 2 > end) return undefined
      at = start + (((length & 0x3f) << 8) | bytes[at + 1])
      continue
    }
    if (length > 63 || at + 1 + length > end || written + length > MAX_NAME) return undefined
    if (written > 0) name[written++] = DOT
    written = addLabel(bytes, at + 1, at + 1 + length, written)
    at += 1 + length
  }
  return undefined
}

/** Octets outside printable ASCII are shown as \DDD, as zone files do (RFC 1035 section 5.1). Returns where the name ends. */
function addLabel(bytes: Uint8Array, from: number, to: number, into: number): number {
  let end = into
  for (let at = from; at < to; at++) {
    const octet = bytes[at]
    if (octet > 0x20 && octet < 0x7f) name[end++] = octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet
    else {
      name[end++] = BACKSLASH
      name[end++] = DIGIT_0 + Math.floor(octet / 100)
      name[end++] = DIGIT_0 + (Math.floor(octet / 10) % 10)
      name[end++] = DIGIT_0 + (octet % 10)
    }
  }
  return end
}
