import { containsText, hasText, readText, readUint16LE, readUint32LE } from '../byte-text.ts'

const SCAN = 120
const MAX_TAGS = 64

/**
 * The server name of a client hello of Google's own QUIC (versions to Q050): "CHLO", tag count 2, padding 2, then a tag 4 and
 * the end of its value 4 each, little-endian, then the values. Empty without one.
 */
export function googleServerName(bytes: Uint8Array, start: number, end: number): string {
  let at = start
  const limit = Math.min(end, start + SCAN)
  if (!containsText(bytes, start, limit, 'CHLO')) return ''
  while (!hasText(bytes, at, end, 'CHLO')) at++
  const count = Math.min(readUint16LE(bytes, at + 4), MAX_TAGS)
  const values = at + 8 + count * 8
  let from = 0
  for (let tag = at + 8; tag < values && tag + 8 <= end; tag += 8) {
    const to = readUint32LE(bytes, tag + 4)
    if (hasText(bytes, tag, end, 'SNI\0')) {
      return values + to <= end && to - from <= 255 ? readText(bytes, values + from, values + to).toLowerCase() : ''
    }
    from = to
  }
  return ''
}
