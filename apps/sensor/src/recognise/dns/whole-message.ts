import { readUint16 } from '../byte-text.ts'
import { DNS_HEADER, looksLikeDns, skipName } from './dns-message.ts'
import { isKnownDnsType } from './dns-names.ts'

const RESPONSE = 0x8000
const OPERATION = 0x7800
const INTERNET = 1
const CHAOS = 3
const ANY = 255
const MAX_RECORDS = 64
const RECORD_HEADER = 10

/**
 * Whether the octets are one message of DNS and nothing else: a standard query or its answer with one question of a known type and class,
 * whose name is made of letters, digits, "-" and "_", and records that fill it to its end (RFC 1035 section 4.1).
 */
export function isWholeMessage(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < DNS_HEADER + 7 || readUint16(bytes, start + 4) !== 1) return false
  const flags = readUint16(bytes, start + 2)
  if ((flags & OPERATION) !== 0 || !looksLikeDns(bytes, start, end)) return false
  const answers = readUint16(bytes, start + 6)
  if ((flags & RESPONSE) === 0 && (answers > 0 || (flags & 15) !== 0)) return false
  const records = answers + readUint16(bytes, start + 8) + readUint16(bytes, start + 10)
  const question = afterHostName(bytes, start + DNS_HEADER, end)
  return question > 0 && isQuestion(bytes, question, end) && afterRecords(bytes, question + 4, end, records) === end
}

function isQuestion(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 4 > end || !isKnownDnsType(readUint16(bytes, at))) return false
  const questionClass = readUint16(bytes, at + 2)
  return questionClass === INTERNET || questionClass === CHAOS || questionClass === ANY
}

/** Offset after an uncompressed name of at least one label of usual characters, or -1. */
function afterHostName(bytes: Uint8Array, from: number, end: number): number {
  const after = skipName(bytes, from, end)
  if (after < from + 3 || bytes[after - 1] !== 0) return -1
  for (let at = from; bytes[at] !== 0; at += 1 + bytes[at]) {
    for (let i = at + 1; i <= at + bytes[at]; i++) if (!isUsual(bytes[i])) return -1
  }
  return after
}

/** Letters, digits, "-" and "_". */
function isUsual(octet: number): boolean {
  const lower = octet | 0x20
  return (lower >= 0x61 && lower <= 0x7a) || (octet >= 0x30 && octet <= 0x39) || octet === 0x2d || octet === 0x5f
}

function afterRecords(bytes: Uint8Array, from: number, end: number, count: number): number {
  if (count > MAX_RECORDS) return -1
  let at = from
  for (let i = 0; i < count; i++) {
    at = skipName(bytes, at, end)
    if (at < 0 || at + RECORD_HEADER > end) return -1
    at += RECORD_HEADER + readUint16(bytes, at + 8)
  }
  return at
}
