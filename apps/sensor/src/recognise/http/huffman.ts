/**
 * Code lengths of ASCII in HPACK's Huffman code (RFC 7541 appendix B), from space on; 0 and others are longer or are no text. The
 * code is canonical: within a length codes rise with the symbol, so lengths are all there is to know.
 */
const LENGTHS = [
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7,
  7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6,
  5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13,
]
const FIRST = 32
const LONGEST = 15
/** The octet 0 has a code of 13 bits, before the others of that length. */
const ZERO_LENGTH = 13

/** Symbol of a code, by length and code: `length << 16 | code`. */
const symbols = new Map<number, number>()
let next = 0
for (let length = 1; length <= LONGEST; length++) {
  next <<= 1
  if (length === ZERO_LENGTH) symbols.set((length << 16) | next++, 0)
  for (const [i, of] of LENGTHS.entries()) if (of === length) symbols.set((length << 16) | next++, FIRST + i)
}

/** Text of Huffman-coded octets; what is not ASCII ends it, padding of ones does too. */
export function decodeHuffman(bytes: Uint8Array, from: number, to: number): string {
  let text = ''
  let code = 0
  let length = 0
  for (let at = from; at < to; at++) {
    for (let bit = 7; bit >= 0; bit--) {
      code = (code << 1) | ((bytes[at] >> bit) & 1)
      length++
      const symbol = symbols.get((length << 16) | code)
      if (symbol !== undefined) {
        text += String.fromCharCode(symbol)
        code = 0
        length = 0
      } else if (length > LONGEST) return text
    }
  }
  return text
}
