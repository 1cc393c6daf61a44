import { recordHeaderBytes, type SpoolRecord } from './record.ts'
import type { Segment, SegmentEntry } from './segment.ts'

/** A segment for when the disk takes no more: lost with the process, and bounded much tighter. */
export class MemorySegment implements Segment {
  readonly kind = 'memory'
  readonly epoch: number
  readonly entries: SegmentEntry[] = []
  bytes = 0
  settled = 0
  settledBytes = 0
  handedOut = false
  readonly #payloads: Uint8Array[] = []

  constructor(epoch: number) {
    this.epoch = epoch
  }

  append({ sequence, createdUs, flows, payload }: SpoolRecord): void {
    const position = this.#payloads.push(payload) - 1
    this.entries.push({ sequence, createdUs, flows, position, length: payload.length, dropped: false })
    this.bytes += recordHeaderBytes + payload.length
  }

  read(entry: SegmentEntry): Uint8Array | undefined {
    return this.#payloads[entry.position]
  }

  sync(): Promise<void> {
    return Promise.resolve()
  }

  close(): void {}

  remove(): void {
    this.#payloads.length = 0
  }
}
