import { recordHeaderBytes, type SpoolRecord } from './record.ts'

/** Where one record lies, and what it costs to lose it. */
export interface SegmentEntry {
  readonly sequence: number
  readonly createdUs: number
  readonly flows: number
  /** Place of the payload: octets in a file, index in memory. */
  readonly position: number
  /** Length of the payload in octets. */
  readonly length: number
  /** Refused by the collector, or unreadable: never sent (again), already a coverage gap. */
  dropped: boolean
}

/** A run of records of one epoch, appended at the end and deleted as a whole. */
export interface Segment {
  readonly kind: 'file' | 'memory'
  readonly epoch: number
  readonly entries: SegmentEntry[]
  /** Octets it occupies. */
  readonly bytes: number
  /** Entries at the front that are acknowledged or dropped; moved by `settleWhile`. */
  settled: number
  /** Octets of those entries. */
  settledBytes: number
  /** Whether a reader gave any of it to a stream: such a segment may be stored already, so it is discarded last. */
  handedOut: boolean
  /** Adds a record whole or not at all; throws when it cannot. */
  append(record: SpoolRecord): void
  /** The payload; undefined when it cannot be read any more. */
  read(entry: SegmentEntry): Uint8Array | undefined
  /** Makes what was appended survive a loss of power. */
  sync(): Promise<void>
  /** Gives back its resources; the records of a file stay. */
  close(): void
  /** Deletes the records. */
  remove(): void
}

/** Moves the settled front over entries as long as they fulfil a condition. */
export function settleWhile(segment: Segment, condition: (entry: SegmentEntry) => boolean): void {
  for (
    let entry = segment.entries[segment.settled];
    entry && condition(entry);
    entry = segment.entries[segment.settled]
  ) {
    segment.settled++
    segment.settledBytes += recordHeaderBytes + entry.length
  }
}
