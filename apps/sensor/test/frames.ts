import { Frame } from '../src/capture/frame.ts'
import { LinkType } from '../src/capture/link-type.ts'
import { concat } from './packets.ts'

/** A frame of these octets, not at offset 0, and with octets of a neighbour behind it. */
export function frameOf(
  octets: Uint8Array,
  options: { linkType?: number; captured?: number; wire?: number } = {},
): Frame {
  const frame = new Frame()
  frame.bytes = concat(new Uint8Array(3).fill(0xee), octets, new Uint8Array(8).fill(0xee))
  frame.offset = 3
  frame.capturedLength = options.captured ?? octets.length
  frame.wireLength = options.wire ?? octets.length
  frame.linkType = options.linkType ?? LinkType.ETHERNET
  return frame
}
