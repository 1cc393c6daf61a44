import { readUint16 } from '../byte-text.ts'
import { MAX_HEAD } from '../stream-head.ts'

const HANDSHAKE = 22

/**
 * The handshake messages of a stream head without the record headers between them (RFC 8446 section 5.1: a message may be
 * spread over records). One buffer for all flows, overwritten by the next read: nothing here is asynchronous.
 */
export class HandshakeStream {
  readonly bytes = new Uint8Array(MAX_HEAD)
  length = 0
  /** Whether a record of another type follows: no more handshake in clear. */
  isOver = false

  read(source: Uint8Array, start: number, end: number): void {
    this.length = 0
    this.isOver = false
    for (let at = start; at + 5 <= end;) {
      if (source[at] !== HANDSHAKE) {
        this.isOver = true
        return
      }
      const next = at + 5 + readUint16(source, at + 3)
      const partEnd = Math.min(next, end, at + 5 + MAX_HEAD - this.length)
      this.bytes.set(source.subarray(at + 5, partEnd), this.length)
      this.length += partEnd - at - 5
      at = next
    }
  }
}
