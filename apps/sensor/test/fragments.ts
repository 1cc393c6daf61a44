import { type Body, concat, ethernet, ipv4, ipv6, uint16, uint32 } from './packets.ts'

const v4 = { from: '192.0.2.1', to: '192.0.2.2' }
const v6 = { from: '2001:db8::1', to: '2001:db8::2' }
const PIECE = 64

/** Octets of a body, the end not included. */
export interface Piece {
  start: number
  end: number
}

/** Frames of one body in pieces, of IPv4 or IPv6. */
export function fragments(body: Body, pieces: Piece[], version: 4 | 6, id = 9): Uint8Array[] {
  return pieces.map(({ start, end }) => {
    const moreFragments = end < body.octets.length
    const octets = body.octets.subarray(start, end)
    if (version === 4) return ethernet(ipv4({ ...v4, id, fragmentOffset: start, moreFragments }, { ...body, octets }))
    const header = concat(uint16(0, start | (moreFragments ? 1 : 0)), uint32(id))
    return ethernet(ipv6({ ...v6, extensions: [{ type: 44, octets: header }] }, { ...body, octets }))
  })
}

/** The whole body in pieces of that size. */
export function cut(body: Body, size = PIECE): Piece[] {
  const count = Math.ceil(body.octets.length / size)
  return Array.from({ length: count }, (_, i) => ({
    start: i * size,
    end: Math.min(body.octets.length, (i + 1) * size),
  }))
}
