import { Protocol } from '../decode/packet.ts'
import { BLOCK_WORDS, sha1Block } from './sha1.ts'

/** Octets of a block, the last eight of which hold the length of the message in bits. */
const block = new Uint8Array(4 * BLOCK_WORDS)
const view = new DataView(block.buffer)
const words = new Int32Array(BLOCK_WORDS)
const digest = new Int32Array(5)
const BASE64 = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 'latin1')
const text = Buffer.from('1:                           =', 'latin1')

export interface CommunityIdTuple {
  /** Network order, 4 or 16 octets each. */
  sourceAddress: Uint8Array
  destinationAddress: Uint8Array
  protocol: number
  /** For ICMP type and counterpart or code, see `decode/icmp.ts`. */
  sourcePort: number
  destinationPort: number
  /** ICMP without a counterpart: the direction is kept. */
  oneWay: boolean
}

/**
 * Community ID version 1 with seed 0 (https://github.com/corelight/community-id-spec): "1:" and the base64 of SHA-1 over
 * seed 2, smaller address, larger address, protocol 1, 0, and where there are ports those of the same ends: 40 octets at most.
 */
export function communityId(tuple: CommunityIdTuple): string {
  const { sourceAddress, destinationAddress, protocol } = tuple
  const swap = !tuple.oneWay && !isOrdered(tuple)
  const length = sourceAddress.length
  block.fill(0)
  block.set(swap ? destinationAddress : sourceAddress, 2)
  block.set(swap ? sourceAddress : destinationAddress, 2 + length)
  let end = 2 + 2 * length
  block[end] = protocol
  end += 2
  if (hasPorts(protocol)) {
    view.setUint16(end, swap ? tuple.destinationPort : tuple.sourcePort)
    view.setUint16(end + 2, swap ? tuple.sourcePort : tuple.destinationPort)
    end += 4
  }
  block[end] = 0x80
  for (let i = 0; i < BLOCK_WORDS; i++) words[i] = view.getInt32(4 * i)
  words[BLOCK_WORDS - 1] = 8 * end
  sha1Block(words, digest)
  return toText()
}

/** "1:" and the digest in base64: six times three octets, then two. */
function toText(): string {
  for (let i = 0; i < 5; i++) view.setInt32(4 * i, digest[i])
  block[20] = 0
  for (let i = 0; i < 7; i++) {
    const three = (block[3 * i] << 16) | (block[3 * i + 1] << 8) | block[3 * i + 2]
    text[4 * i + 2] = BASE64[three >> 18]
    text[4 * i + 3] = BASE64[(three >> 12) & 63]
    text[4 * i + 4] = BASE64[(three >> 6) & 63]
    if (i < 6) text[4 * i + 5] = BASE64[three & 63]
  }
  return text.toString('latin1')
}

function hasPorts(protocol: number): boolean {
  switch (protocol) {
    case Protocol.TCP:
    case Protocol.UDP:
    case Protocol.SCTP:
    case Protocol.ICMP:
    case Protocol.ICMPV6:
      return true
    default:
      return false
  }
}

function isOrdered(tuple: CommunityIdTuple): boolean {
  const { sourceAddress, destinationAddress } = tuple
  for (let i = 0; i < sourceAddress.length; i++) {
    if (sourceAddress[i] !== destinationAddress[i]) return sourceAddress[i] < destinationAddress[i]
  }
  return tuple.sourcePort <= tuple.destinationPort
}
