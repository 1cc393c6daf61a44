import type { Packet } from './packet.ts'

const END = 0
const NO_OPERATION = 1
const MAXIMUM_SEGMENT_SIZE = 2
const WINDOW_SCALE = 3
const SACK_PERMITTED = 4
const TIMESTAMPS = 8
const HEADER = 20

/** Which options a SYN carried, in the high octet of what `decodeTcpOptions` returns. */
export const TcpOption = { ANY: 1, MSS: 2, WINDOW_SCALE: 4, SACK_PERMITTED: 8, TIMESTAMPS: 16 } as const

const { ANY, MSS, WINDOW_SCALE: SCALE, SACK_PERMITTED: SACK, TIMESTAMPS: TIMES } = TcpOption

/**
 * Options of a TCP header (RFC 9293 section 3.1, RFC 7323, RFC 2018) as one number: maximum segment size 16 bits, window scale
 * 8, TcpOption bits 8. Reads as far as options are whole and captured.
 */
export function decodeTcpOptions({ bytes, transport, payload, payloadEnd }: Packet): number {
  const end = payload < payloadEnd ? payload : payloadEnd
  let options = ANY << 24
  for (let at = transport + HEADER; at < end && bytes[at] !== END;) {
    if (bytes[at] === NO_OPERATION) {
      at++
      continue
    }
    const length = at + 1 < end ? bytes[at + 1] : 0
    if (length < 2 || at + length > end) break
    options |= decodeOption(bytes, at, length)
    at += length
  }
  return options
}

function decodeOption(bytes: Uint8Array, at: number, length: number): number {
  switch (bytes[at]) {
    case MAXIMUM_SEGMENT_SIZE:
      return length === 4 ? (MSS << 24) | (bytes[at + 2] << 8) | bytes[at + 3] : 0
    case WINDOW_SCALE:
      return length === 3 ? (SCALE << 24) | (bytes[at + 2] << 16) : 0
    case SACK_PERMITTED:
      return SACK << 24
    case TIMESTAMPS:
      return TIMES << 24
    default:
      return 0
  }
}
