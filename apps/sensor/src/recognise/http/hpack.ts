import { readText } from '../byte-text.ts'
import { decodeHuffman } from './huffman.ts'

/** The static table (RFC 7541 appendix A), names with their values, from index 1 on. */
const STATIC = (
  ':authority|:method=GET|:method=POST|:path=/|:path=/index.html|:scheme=http|:scheme=https|:status=200|:status=204|' +
  ':status=206|:status=304|:status=400|:status=404|:status=500|accept-charset|accept-encoding=gzip, deflate|accept-language|' +
  'accept-ranges|accept|access-control-allow-origin|age|allow|authorization|cache-control|content-disposition|' +
  'content-encoding|content-language|content-length|content-location|content-range|content-type|cookie|date|etag|expect|' +
  'expires|from|host|if-match|if-modified-since|if-none-match|if-range|if-unmodified-since|last-modified|link|location|' +
  'max-forwards|proxy-authenticate|proxy-authorization|range|referer|refresh|retry-after|server|set-cookie|' +
  'strict-transport-security|transfer-encoding|user-agent|vary|via|www-authenticate'
)
  .split('|')
  .map((entry): [string, string] => {
    const equals = entry.indexOf('=')
    return equals < 0 ? [entry, ''] : [entry.slice(0, equals), entry.slice(equals + 1)]
  })
const MAX_FIELDS = 64

/** The fields of a connection's first header block (RFC 7541 section 6) by name; what cannot be read ends it. */
export function readFirstHeaderBlock(bytes: Uint8Array, start: number, end: number): Map<string, string> {
  const fields = new Map<string, string>()
  const added: [string, string][] = []
  const reader = new Reader(bytes, start, end)
  for (let count = 0; reader.at < end && count < MAX_FIELDS; count++) {
    const first = bytes[reader.at]
    const isIndexed = first >= 0x80
    const isAdded = !isIndexed && first >= 0x40
    if (!isIndexed && !isAdded && (first & 0xe0) === 0x20) {
      reader.integer(5)
      continue
    }
    const index = reader.integer(isIndexed ? 7 : isAdded ? 6 : 4)
    const known = index <= STATIC.length ? STATIC[index - 1] : added[index - STATIC.length - 1]
    if (isIndexed && !known) break
    const name = index === 0 ? reader.text() : (known?.[0] ?? '')
    const value = isIndexed ? known[1] : reader.text()
    if (isAdded) added.unshift([name, value])
    if (!fields.has(name)) fields.set(name, value)
  }
  return fields
}

class Reader {
  at: number
  readonly #bytes: Uint8Array
  readonly #end: number

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes
    this.at = start
    this.#end = end
  }

  /** An integer with so many bits in its first octet (section 5.1), at most 28 bits in all. */
  integer(bits: number): number {
    const mask = (1 << bits) - 1
    let value = this.#bytes[this.at++] & mask
    if (value < mask) return value
    for (let shift = 0; this.at < this.#end && shift <= 21; shift += 7) {
      const octet = this.#bytes[this.at++]
      value += (octet & 0x7f) << shift
      if (octet < 0x80) break
    }
    return value
  }

  /** A string (section 5.2): a bit for Huffman's code, length, octets. */
  text(): string {
    const isCoded = this.#bytes[this.at] >= 0x80
    const length = this.integer(7)
    const start = this.at
    this.at = Math.min(this.#end, start + length)
    return isCoded ? decodeHuffman(this.#bytes, start, this.at) : readText(this.#bytes, start, this.at)
  }
}
