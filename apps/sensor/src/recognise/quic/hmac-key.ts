import { BLOCK_WORDS, INITIAL_STATE, sha256Block, STATE_WORDS } from './sha256.ts'

const INNER_PAD = 0x36363636
const OUTER_PAD = 0x5c5c5c5c
/** Ends a message: a one and zeros, then its length in bits. */
const END = 0x80000000
const BITS_A_BLOCK = 512
const padded = new Int32Array(BLOCK_WORDS)

/**
 * HMAC with SHA-256 (RFC 2104) of messages of at most 55 octets, under one key: the states behind its two pads are kept, so a message takes two
 * blocks.
 */
export class HmacKey {
  readonly #inner = new Int32Array(STATE_WORDS)
  readonly #outer = new Int32Array(STATE_WORDS)
  readonly #digest = new Int32Array(BLOCK_WORDS)

  /** A key of at most eight words, big-endian; the rest of its octets are 0. */
  set(key: Int32Array): void {
    for (let i = 0; i < BLOCK_WORDS; i++) padded[i] = (i < key.length ? key[i] : 0) ^ INNER_PAD
    sha256Block(INITIAL_STATE, padded, this.#inner)
    for (let i = 0; i < BLOCK_WORDS; i++) padded[i] ^= INNER_PAD ^ OUTER_PAD
    sha256Block(INITIAL_STATE, padded, this.#outer)
    this.#digest[STATE_WORDS] = END
    this.#digest[BLOCK_WORDS - 1] = BITS_A_BLOCK + STATE_WORDS * 32
  }

  /** Writes the eight words of the digest of a message that `toBlock` made. */
  digest(block: Int32Array, out: Int32Array): void {
    sha256Block(this.#inner, block, this.#digest)
    sha256Block(this.#outer, this.#digest, out)
  }
}

/** A message as the only block behind a key: its octets, their end and their length. */
export function toBlock(message: Uint8Array, block = new Int32Array(BLOCK_WORDS)): Int32Array {
  block.fill(0)
  for (let i = 0; i < message.length; i++) block[i >> 2] |= message[i] << (24 - 8 * (i & 3))
  block[message.length >> 2] |= 0x80 << (24 - 8 * (message.length & 3))
  block[BLOCK_WORDS - 1] = BITS_A_BLOCK + message.length * 8
  return block
}
