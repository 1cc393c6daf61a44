import { findOctet, readText } from '../byte-text.ts'

/** Characters of a header value that are kept. */
export const HEADER_VALUE = 200
const MAX_HOST = 255
const MAX_LINE = 2_048
const CR = 13
const LF = 10

/** Name in lower case and value of each header line (RFC 9112 section 5) to the empty one, or to the end of the octets. */
export function* headerLines(bytes: Uint8Array, from: number, end: number): Generator<[name: string, value: string]> {
  for (let at = from; at < end;) {
    const lineEnd = findOctet(bytes, at, end, LF)
    if (lineEnd < 0) return
    const textEnd = lineEnd > at && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd
    if (textEnd === at) return
    const text = readText(bytes, at, Math.min(textEnd, at + MAX_LINE))
    const colon = text.indexOf(':')
    if (colon > 0) yield [text.slice(0, colon).toLowerCase(), text.slice(colon + 1).trim()]
    at = lineEnd + 1
  }
}

/** Without port, lower case; an IPv6 address keeps its brackets off. */
export function hostOf(value: string): string {
  const bracketed = /^\[([^\]]+)\]/.exec(value)
  return (bracketed ? bracketed[1] : value.replace(/:\d+$/, '')).toLowerCase().slice(0, MAX_HOST)
}
