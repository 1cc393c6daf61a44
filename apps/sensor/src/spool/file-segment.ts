import {
  closeSync,
  fdatasync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import { decodeRecordHeader, encodeRecord, recordHeaderBytes, type SpoolRecord } from './record.ts'
import type { Segment, SegmentEntry } from './segment.ts'

const fdatasyncAsync = promisify(fdatasync)

/** `EPOCH-SEQUENCE.segment`, zero-padded, so that names sort in the order of their records. */
const namePattern = /^(\d{16})-(\d{12})\.segment$/

/** Whether a file of the spool folder is a segment. */
export const isSegmentName = (name: string) => namePattern.test(name)

/** What recovery had to give up in one segment. */
export interface SegmentDamage {
  /** Damaged records and torn tails. */
  readonly records: number
  /** Flow records in them, as far as their headers could be read. */
  readonly flows: number
}

/** A segment in one append-only file of records. */
export class FileSegment implements Segment {
  readonly kind = 'file'
  readonly epoch: number
  readonly entries: SegmentEntry[] = []
  settled = 0
  settledBytes = 0
  handedOut = false
  bytes = 0
  readonly #path: string
  #file: number | undefined

  private constructor(path: string, epoch: number) {
    this.#path = path
    this.epoch = epoch
  }

  /** Makes a new, empty segment file. */
  static create(folder: string, epoch: number, firstSequence: number): FileSegment {
    const name = `${String(epoch).padStart(16, '0')}-${String(firstSequence).padStart(12, '0')}.segment`
    const segment = new FileSegment(join(folder, name), epoch)
    segment.#file = openSync(segment.#path, 'wx+', 0o600)
    return segment
  }

  /**
   * Reads back a segment of an earlier run: every record whose CRC is right. It takes no more records. A damaged file
   * is replaced by its good records, so that the same damage is not counted by every later start.
   */
  static recover(folder: string, name: string): { segment: FileSegment; damage: SegmentDamage } {
    const path = join(folder, name)
    const epoch = Number(namePattern.exec(name)?.[1])
    const bytes = readFileSync(path)
    const segment = new FileSegment(path, epoch)
    const damage = segment.#scan(bytes)
    if (damage.records === 0) return { segment, damage }
    const good = segment.entries.map(({ position, length }) =>
      bytes.subarray(position - recordHeaderBytes, position + length),
    )
    const mended = new FileSegment(path, epoch)
    mended.#scan(Buffer.concat(good))
    writeFileSync(`${path}.tmp`, Buffer.concat(good), { mode: 0o600 })
    renameSync(`${path}.tmp`, path)
    return { segment: mended, damage }
  }

  append(record: SpoolRecord): void {
    if (this.#file === undefined) throw new Error('segment is closed')
    const bytes = encodeRecord(record)
    try {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.#file, bytes, done, bytes.length - done, this.bytes + done)
      }
    } catch (error) {
      this.#cutBack()
      throw error
    }
    this.#addEntry(record, this.bytes + recordHeaderBytes, record.payload.length)
    this.bytes += bytes.length
  }

  read(entry: SegmentEntry): Uint8Array | undefined {
    try {
      this.#file ??= openSync(this.#path, 'r')
      const payload = Buffer.allocUnsafe(entry.length)
      const read = readSync(this.#file, payload, 0, entry.length, entry.position)
      return read === entry.length ? payload : undefined
    } catch {
      return undefined
    }
  }

  async sync(): Promise<void> {
    if (this.#file !== undefined) await fdatasyncAsync(this.#file)
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  remove(): void {
    this.close()
    rmSync(this.#path, { force: true })
  }

  /** After a write that failed midway: what recovery would call a torn record must not stay in front of later ones. */
  #cutBack(): void {
    try {
      if (this.#file !== undefined) ftruncateSync(this.#file, this.bytes)
    } catch {
      // The next record goes to another segment, and recovery drops a torn tail.
    }
  }

  #scan(bytes: Buffer): SegmentDamage {
    let offset = 0
    let records = 0
    let flows = 0
    while (offset < bytes.length) {
      const header = decodeRecordHeader(bytes, offset)
      if (!header) {
        records++
        break
      }
      const start = offset + recordHeaderBytes
      const payload = bytes.subarray(start, start + header.length)
      if (payload.length === header.length && crc32(payload) === header.payloadCrc) {
        this.#addEntry(header, start, header.length)
      } else {
        records++
        flows += header.flows
      }
      offset = start + header.length
    }
    this.bytes = bytes.length
    return { records, flows }
  }

  #addEntry({ sequence, createdUs, flows }: Omit<SpoolRecord, 'payload'>, position: number, length: number): void {
    this.entries.push({ sequence, createdUs, flows, position, length, dropped: false })
  }
}
