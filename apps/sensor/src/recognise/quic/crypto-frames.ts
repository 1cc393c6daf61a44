import type { MessageAssembly } from '../tls/message-assembly.ts'
import { readVarint, varintLength } from './varint.ts'

const PADDING = 0
const PING = 1
const ACK = 2
const ACK_ECN = 3
const CRYPTO = 6

/** Adds the CRYPTO frames of an Initial packet to the message (RFC 9000 section 19.6). Stops at what may not be there. */
export function addCryptoFrames(frames: Uint8Array, message: MessageAssembly): void {
  for (let at = 0; at < frames.length;) {
    const type = frames[at++]
    if (type === PADDING || type === PING) continue
    if (type === CRYPTO) {
      const offset = readVarint(frames, at)
      at += varintLength(frames[at])
      const length = readVarint(frames, at)
      at += varintLength(frames[at])
      // A capture that cuts packets cuts the last frame.
      message.add(offset, frames, at, Math.min(at + length, frames.length))
      at += length
    } else if (type === ACK || type === ACK_ECN) at = skipAck(frames, at, type === ACK_ECN)
    else return
  }
}

/** Largest, delay, range count, first range, then two numbers a range and three ECN counts (RFC 9000 section 19.3). */
function skipAck(frames: Uint8Array, from: number, hasEcn: boolean): number {
  let at = from
  let left = 4
  let index = 0
  while (left > 0 && at < frames.length) {
    const value = readVarint(frames, at)
    at += varintLength(frames[at])
    left--
    if (index++ === 2) left += Math.min(value, 256) * 2 + (hasEcn ? 3 : 0)
  }
  return at
}
