/** Words of a block. */
export const BLOCK_WORDS = 16

const schedule = new Int32Array(80)

/**
 * SHA-1 (RFC 3174) of one block that holds message, padding and length, as big-endian words; the five words of the digest are
 * written to `digest`. A call of OpenSSL through Node takes seven times as long for so short a message.
 */
export function sha1Block(block: Int32Array, digest: Int32Array): void {
  const w = schedule
  for (let i = 0; i < BLOCK_WORDS; i++) w[i] = block[i]
  for (let i = BLOCK_WORDS; i < 80; i++) w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1)
  let a = 0x67452301
  let b = 0xefcdab89 | 0
  let c = 0x98badcfe | 0
  let d = 0x10325476
  let e = 0xc3d2e1f0 | 0
  for (let i = 0; i < 80; i++) {
    const mixed = (rotate(a, 5) + mix(i, b, c, d) + e + w[i]) | 0
    e = d
    d = c
    c = rotate(b, 30)
    b = a
    a = mixed
  }
  digest[0] = a + 0x67452301
  digest[1] = b + 0xefcdab89
  digest[2] = c + 0x98badcfe
  digest[3] = d + 0x10325476
  digest[4] = e + 0xc3d2e1f0
}

/** The function and the constant of a round (RFC 3174 section 5). */
function mix(round: number, b: number, c: number, d: number): number {
  if (round < 20) return (((b & c) | (~b & d)) + 0x5a827999) | 0
  if (round < 40) return ((b ^ c ^ d) + 0x6ed9eba1) | 0
  if (round < 60) return (((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc) | 0
  return ((b ^ c ^ d) + 0xca62c1d6) | 0
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}
