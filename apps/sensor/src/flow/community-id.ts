import { hash } from 'node:crypto'
import { Protocol } from '../decode/packet.ts'

const buffer = new Uint8Array(2 + 16 + 16 + 1 + 1 + 2 + 2)

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
 * seed 2, smaller address, larger address, protocol 1, 0, and where there are ports those of the same ends.
 */
export function communityId(tuple: CommunityIdTuple): string {
  const { sourceAddress, destinationAddress, protocol } = tuple
  const swap = !tuple.oneWay && !isOrdered(tuple)
  const length = sourceAddress.length
  buffer[0] = 0
  buffer[1] = 0
  buffer.set(swap ? destinationAddress : sourceAddress, 2)
  buffer.set(swap ? sourceAddress : destinationAddress, 2 + length)
  let end = 2 + 2 * length
  buffer[end++] = protocol
  buffer[end++] = 0
  if (hasPorts(protocol)) {
    const first = swap ? tuple.destinationPort : tuple.sourcePort
    const second = swap ? tuple.sourcePort : tuple.destinationPort
    buffer[end++] = first >> 8
    buffer[end++] = first & 0xff
    buffer[end++] = second >> 8
    buffer[end++] = second & 0xff
  }
  return `1:${hash('sha1', buffer.subarray(0, end), 'base64')}`
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
