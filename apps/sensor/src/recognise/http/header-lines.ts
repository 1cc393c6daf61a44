import { findOctet, readText } from '../byte-text.ts'

/** Characters of a header value that are kept. */
export const HEADER_VALUE = 200
const MAX_HOST = 255
const CR = 13
const LF = 10
const SPACE = 32
const COLON = 58
const LOWER = 0x20

/**
 * The value of the first header line of that name (in lower case; RFC 9112 section 5), from the line at `from` to the empty one or to
 * the end of the octets; empty where there is none.
 */
export function headerValue(bytes: Uint8Array, from: number, end: number, name: string): string {
  for (let at = from; at < end;) {
    const lineEnd = findOctet(bytes, at, end, LF)
    if (lineEnd < 0 || lineEnd - at < 2) return ''
    if (bytes[at + name.length] === COLON && isNamed(bytes, at, name)) {
      let start = at + name.length + 1
      let stop = bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd
      while (start < stop && bytes[start] === SPACE) start++
      while (stop > start && bytes[stop - 1] === SPACE) stop--
      return readText(bytes, start, Math.min(stop, start + MAX_HOST))
    }
    at = lineEnd + 1
  }
  return ''
}

function isNamed(bytes: Uint8Array, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const octet = bytes[at + i]
    const isUpper = octet >= 0x41 && octet <= 0x5a
    if ((isUpper ? octet | LOWER : octet) !== name.charCodeAt(i)) return false
  }
  return true
}

/** Without port, lower case; an IPv6 address keeps its brackets off. */
export function hostOf(value: string): string {
  const bracketed = /^\[([^\]]+)\]/.exec(value)
  return (bracketed ? bracketed[1] : value.replace(/:\d+$/, '')).toLowerCase().slice(0, MAX_HOST)
}
