import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import type { CoverageGap } from '@picket/proto'
import { reasonOf } from '../errors.ts'
import type { Stage } from '../observation.ts'
import type { Telemetry } from '../telemetry.ts'
import { FileSegment, isSegmentName } from './file-segment.ts'
import { MemorySegment } from './memory-segment.ts'
import type { SpoolRecord } from './record.ts'
import { settleWhile, type Segment, type SegmentEntry } from './segment.ts'
import { loadSettledMark, saveSettledMark } from './settled-mark.ts'

const syncMs = 1000

export interface SpoolOptions {
  readonly folder: string
  /** Bound on disk, octets. */
  readonly limitBytes: number
  /** Bound in memory while the disk takes nothing, octets. */
  readonly memoryLimitBytes?: number
  /** Size from which a segment takes no more records, octets. */
  readonly segmentBytes?: number
  /** How long the disk is left alone after a failed write, milliseconds. */
  readonly diskRetryMs?: number
  readonly nowUs: () => number
  readonly telemetry: Telemetry
  readonly onGap: (gap: CoverageGap) => void
  /** Told when records begin to go to memory, with the reason, and when they go to disk again. */
  readonly onStorage?: (storage: 'memory' | 'disk', reason: string) => void
}

/**
 * The durable queue between batcher and uplink: append-only segment files, oldest first.
 *
 * - A batch is written by one `write`, so it outlives the process (kill -9) at once; `sync` (every second) makes it
 *   outlive the machine: a loss of power costs at most the last second.
 * - Every opening starts a new epoch with sequence 1, so a number is never used for two batches, whatever a crash
 *   took away. Batches of earlier runs keep their own epoch and go first.
 * - When full, the oldest segment goes, except one that a stream has and may have stored (at most the uplink's
 *   window); what goes is a coverage gap.
 * - When the disk takes nothing (full, read-only, failing), records go to memory, with a bound of their own, and the
 *   disk is tried again later. That is a coverage gap of no flows: nothing is lost unless the process ends.
 */
export class Spool implements Stage {
  readonly epoch: number
  readonly #options: Required<SpoolOptions>
  readonly #segments: Segment[] = []
  #nextSequence = 1
  #diskRetryAt = 0
  #inMemory = false
  readonly #unsynced = new Set<Segment>()
  #markChanged = false
  #syncTimer: NodeJS.Timeout | undefined
  #settledMark = { epoch: 0, sequence: 0 }

  constructor(options: SpoolOptions) {
    const segmentBytes = Math.max(4096, Math.min(4 * 2 ** 20, Math.floor(options.limitBytes / 16)))
    this.#options = {
      memoryLimitBytes: 16 * 2 ** 20,
      segmentBytes,
      diskRetryMs: 30_000,
      onStorage: () => undefined,
      ...options,
    }
    this.#recover()
    this.epoch = Math.max(options.nowUs(), (this.#segments.at(-1)?.epoch ?? 0) + 1, this.#settledMark.epoch + 1)
    this.#enforceBounds()
  }

  /** Oldest first; for readers. */
  get segments(): readonly Segment[] {
    return this.#segments
  }

  /** Takes one batch and returns its sequence. Never fails: what cannot be kept becomes a coverage gap. */
  append(payload: Uint8Array, flows: number): number {
    const record = { sequence: this.#nextSequence++, createdUs: this.#options.nowUs(), flows, payload }
    try {
      const tail = this.#diskTail()
      this.#appendTo(tail ?? this.#memoryTail(), record)
      if (tail) this.#returnToDisk()
    } catch (error) {
      this.#leaveDisk(error)
      this.#appendTo(this.#memoryTail(), record)
    }
    this.#enforceBounds()
    this.#publishLevels()
    return record.sequence
  }

  /** Everything of the epoch up to the sequence is stored. */
  acknowledge(epoch: number, sequence: number): void {
    for (const segment of this.#segments) {
      if (segment.epoch === epoch) settleWhile(segment, (entry) => entry.sequence <= sequence || entry.dropped)
    }
    if (epoch >= this.#settledMark.epoch) this.#settledMark = { epoch, sequence }
    this.#markChanged = true
    this.#removeSettled()
    this.#publishLevels()
  }

  /** One batch will never be stored: it is dropped into the coverage ledger. Returns it, if it was here. */
  reject(epoch: number, sequence: number): SpoolRecord | undefined {
    for (const segment of this.#segments) {
      const entry = segment.epoch === epoch && segment.entries.find((candidate) => candidate.sequence === sequence)
      if (!entry || entry.dropped) continue
      const payload = segment.read(entry) ?? new Uint8Array()
      this.drop(segment, entry, { source: 'ingest', cause: 'rejected' })
      return { sequence, createdUs: entry.createdUs, flows: entry.flows, payload }
    }
    return undefined
  }

  /** Gives up one record: a coverage gap. */
  drop(segment: Segment, entry: SegmentEntry, why: { source: string; cause: string }): void {
    entry.dropped = true
    this.#options.telemetry.add('flowsDiscarded', entry.flows)
    this.#emitGap({ ...why, startUs: entry.createdUs, endUs: entry.createdUs, flows: entry.flows })
    settleWhile(segment, (candidate) => candidate.dropped)
    this.#removeSettled()
    this.#publishLevels()
  }

  /** Begins to sync every second. */
  start(): Promise<void> {
    this.#syncTimer ??= setInterval(() => void this.sync(), syncMs)
    return Promise.resolve()
  }

  /** Makes everything appended so far survive a loss of power. */
  async sync(): Promise<void> {
    const pending = [...this.#unsynced]
    this.#unsynced.clear()
    try {
      // What is acknowledged needs no disk: with a collector in reach there is rarely anything to sync.
      for (const segment of pending) if (segment.settled < segment.entries.length) await segment.sync()
      if (this.#markChanged) saveSettledMark(this.#options.folder, this.#settledMark)
      this.#markChanged = false
    } catch {
      this.#options.telemetry.add('spoolFailures')
    }
  }

  /** Syncs and gives back files; what is settled is gone, what waits stays for the next run. */
  async stop(): Promise<void> {
    clearInterval(this.#syncTimer)
    this.#syncTimer = undefined
    await this.sync()
    for (const segment of this.#segments) {
      if (segment.settled === segment.entries.length) segment.remove()
      else segment.close()
    }
  }

  /** Deletes everything that waits: the sensor was removed from its fleet. */
  erase(): void {
    for (const segment of this.#segments.splice(0)) segment.remove()
    rmSync(this.#options.folder, { recursive: true, force: true })
    this.#publishLevels()
  }

  #recover(): void {
    const { folder, telemetry, nowUs } = this.#options
    let names: string[]
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      names = readdirSync(folder).filter(isSegmentName).sort()
    } catch (error) {
      return this.#leaveDisk(error)
    }
    this.#settledMark = loadSettledMark(folder)
    for (const name of names) {
      try {
        const { segment, damage } = FileSegment.recover(folder, name)
        this.#segments.push(segment)
        if (segment.epoch === this.#settledMark.epoch) this.acknowledge(segment.epoch, this.#settledMark.sequence)
        if (damage.records === 0) continue
        telemetry.add('recordsCorrupt', damage.records)
        const lastUs = segment.entries.at(-1)?.createdUs ?? nowUs()
        this.#emitGap({ source: 'spool', cause: 'spool-corrupt', startUs: lastUs, endUs: nowUs(), flows: damage.flows })
      } catch {
        telemetry.add('spoolFailures')
        this.#emitGap({ source: 'spool', cause: 'spool-corrupt', startUs: nowUs(), endUs: nowUs(), flows: 0 })
      }
    }
    this.#removeSettled()
    this.#publishLevels()
  }

  #appendTo(segment: Segment, record: SpoolRecord): void {
    segment.append(record)
    this.#unsynced.add(segment)
  }

  /** The file segment to append to, a new one where needed; undefined while the disk is left alone. */
  #diskTail(): Segment | undefined {
    const { folder, segmentBytes } = this.#options
    if (performance.now() < this.#diskRetryAt) return undefined
    const last = this.#segments.at(-1)
    if (last?.kind === 'file' && last.epoch === this.epoch && last.bytes < segmentBytes) return last
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const segment = FileSegment.create(folder, this.epoch, this.#nextSequence - 1)
    this.#segments.push(segment)
    this.#removeSettled()
    return segment
  }

  #memoryTail(): Segment {
    const last = this.#segments.at(-1)
    if (last?.kind === 'memory' && last.bytes < this.#options.memoryLimitBytes / 16) return last
    const segment = new MemorySegment(this.epoch)
    this.#segments.push(segment)
    return segment
  }

  #leaveDisk(error: unknown): void {
    const { nowUs, diskRetryMs, telemetry, onStorage } = this.#options
    telemetry.add('spoolFailures')
    this.#diskRetryAt = performance.now() + diskRetryMs
    if (this.#inMemory) return
    this.#inMemory = true
    onStorage('memory', reasonOf(error))
    this.#emitGap({ source: 'spool', cause: 'spool-unwritable', startUs: nowUs(), endUs: nowUs(), flows: 0 })
  }

  #returnToDisk(): void {
    if (!this.#inMemory) return
    this.#inMemory = false
    this.#options.onStorage('disk', '')
  }

  #enforceBounds(): void {
    this.#enforceBound('file', this.#options.limitBytes)
    this.#enforceBound('memory', this.#options.memoryLimitBytes)
  }

  #enforceBound(kind: Segment['kind'], limit: number): void {
    let candidates = this.#segments.filter((segment) => segment.kind === kind)
    let bytes = candidates.reduce((sum, segment) => sum + segment.bytes, 0)
    while (bytes > limit && candidates.length > 0) {
      // The newest segment is being appended to; it goes only when it alone breaks the bound.
      const older = candidates.slice(0, -1)
      const victim = older.find((segment) => !segment.handedOut) ?? older[0] ?? candidates[0]
      if (!victim) return
      bytes -= victim.bytes
      this.#discard(victim)
      candidates = candidates.filter((segment) => segment !== victim)
    }
  }

  #discard(segment: Segment): void {
    const waiting = segment.entries.slice(segment.settled).filter((entry) => !entry.dropped)
    const flows = waiting.reduce((sum, entry) => sum + entry.flows, 0)
    this.#segments.splice(this.#segments.indexOf(segment), 1)
    this.#unsynced.delete(segment)
    segment.remove()
    const [first, last] = [waiting[0], waiting.at(-1)]
    if (!first || !last) return
    this.#options.telemetry.add('batchesDiscarded', waiting.length)
    this.#options.telemetry.add('flowsDiscarded', flows)
    this.#emitGap({ source: 'spool', cause: 'spool-full', startUs: first.createdUs, endUs: last.createdUs, flows })
  }

  /** Deletes segments with nothing waiting, save the one being appended to. */
  #removeSettled(): void {
    const tail = this.#segments.at(-1)
    const isGrowing = (segment: Segment) =>
      segment === tail && segment.epoch === this.epoch && segment.bytes < this.#options.segmentBytes
    const settled = this.#segments.filter(
      (segment) => segment.settled === segment.entries.length && !isGrowing(segment),
    )
    for (const segment of settled) {
      this.#segments.splice(this.#segments.indexOf(segment), 1)
      this.#unsynced.delete(segment)
      segment.remove()
    }
  }

  #publishLevels(): void {
    let batches = 0
    let bytes = 0
    for (const segment of this.#segments) {
      batches += segment.entries.length - segment.settled
      bytes += segment.bytes - segment.settledBytes
    }
    this.#options.telemetry.set('spoolBatches', batches)
    this.#options.telemetry.set('spoolBytes', bytes)
  }

  #emitGap(gap: Pick<CoverageGap, 'source' | 'cause' | 'startUs' | 'endUs' | 'flows'>): void {
    this.#options.onGap({ ...gap, interface: '', packets: 0, octets: 0 })
  }
}
