import { Records } from '@picket/proto'
import { CapturedInterface } from '../captured-interface.ts'
import { Exclusion } from '../exclusion.ts'
import { InterfaceMeter } from '../interface-meter.ts'
import { RETIRE_MS, type RingSource } from '../ring-source.ts'
import { LearningNames } from './learning-names.ts'
import { type FromRingThread, RingCount, type RingThreadSettings, type ToRingThread } from './ring-thread-messages.ts'

/** Reports that wait to be handed on; then the ring is read no more, and what it cannot hold is the kernel's to count. */
const MOST_REPORTS = 8
/** A report is due with so many flows or names, with any after half a second, and every second. */
const FLOWS_A_REPORT = 1_000
const FLUSH_MS = 500
const REPORT_MS = 1_000
/** Between looks at the clock while nothing comes. */
const IDLE_MS = 250
/** As the wire has it: the kernel may hold a packet back this long. */
const RETIRE_LAG_US = 2_000 * RETIRE_MS

const NO_RECORDS = Records.create()

/** Reads and meters one ring on this thread, and reports what came of it. */
export class RingReader {
  readonly #source: RingSource
  readonly #counts: Float64Array
  readonly #tell: (message: FromRingThread) => void
  readonly #names = new LearningNames()
  readonly #meter: InterfaceMeter
  readonly #captured: CapturedInterface
  #timer: NodeJS.Timeout | NodeJS.Immediate | undefined
  #unanswered = 0
  #reportedAt = Date.now()
  #isAsleep = false
  #isFinished = false

  constructor(source: RingSource, settings: RingThreadSettings, tell: (message: FromRingThread) => void) {
    const { description, metering, counts } = settings
    const { exclude, ...limits } = metering
    const exclusion = new Exclusion(exclude)
    this.#source = source
    this.#counts = counts
    this.#tell = tell
    this.#meter = new InterfaceMeter({ ...limits, interfaceName: description.name, exclusion, names: this.#names })
    this.#captured = new CapturedInterface({ description, source, meter: this.#meter, nowUs: Date.now() * 1000 })
  }

  obey(message: Exclude<ToRingThread, { kind: 'finish' }>): void {
    switch (message.kind) {
      case 'let-pass':
        this.#source.letPass()
        this.#tick()
        break
      case 'acknowledge':
        this.#unanswered -= message.reports
        this.#wake()
        break
      case 'timeouts':
        this.#captured.setTimeouts(message)
        break
      case 'rung':
        this.#captured.setRung(message.rung)
        break
      case 'leave-out-vlans':
        this.#captured.leaveOutVlans(message.identifiers)
    }
  }

  /** Reads the rest, ends all flows, reports them and closes the ring. */
  async finish(): Promise<void> {
    this.#isFinished = true
    this.#stopWaiting()
    await this.#captured.finish(Date.now() * 1000)
    let isMore = true
    while (isMore) {
      isMore = this.#captured.endSome(FLOWS_A_REPORT)
      this.#publish()
      this.#report()
    }
  }

  #tick = (): void => {
    const count = this.#unanswered < MOST_REPORTS ? this.#captured.poll() : 0
    const now = Date.now()
    if (this.#unanswered < MOST_REPORTS) {
      this.#captured.advance(now * 1000 - RETIRE_LAG_US)
      this.#publish()
      if (this.#isReportDue(now - this.#reportedAt)) this.#report()
    }
    this.#isAsleep = count === 0
    this.#timer = count > 0 ? setImmediate(this.#tick) : this.#sleep()
  }

  #isReportDue(sinceMs: number): boolean {
    const waiting = Math.max(this.#captured.endedFlows, this.#names.waiting)
    return waiting >= FLOWS_A_REPORT || sinceMs >= (waiting > 0 ? FLUSH_MS : REPORT_MS)
  }

  #sleep(): NodeJS.Timeout {
    if (this.#unanswered < MOST_REPORTS) this.#captured.wakeWhenReady(this.#wake)
    return setTimeout(this.#tick, IDLE_MS)
  }

  #wake = (): void => {
    if (!this.#isAsleep || this.#isFinished) return
    this.#stopWaiting()
    this.#tick()
  }

  #stopWaiting(): void {
    clearTimeout(this.#timer as NodeJS.Timeout)
    clearImmediate(this.#timer as NodeJS.Immediate)
  }

  #publish(): void {
    this.#counts[RingCount.READ] = this.#source.packetsRead
    this.#counts[RingCount.METERED] = this.#meter.packetsRead
  }

  /** The sample first: it asks the kernel for drops, which are gaps of this report. */
  #report(): void {
    const sample = this.#captured.sample(Date.now() * 1000, undefined)
    this.#counts[RingCount.TAKEN] = this.#source.taken
    const { flows, gaps, packetsRead, clockUs } = this.#captured.take()
    const message = { ...NO_RECORDS, flows, coverageGaps: gaps, interfaceSamples: [sample] }
    // A copy of its own memory: only that can be handed over.
    const records = new Uint8Array(Records.encode(message).finish())
    this.#tell({ kind: 'report', records, packetsRead, clockUs, names: this.#names.take() })
    this.#unanswered++
    this.#reportedAt = Date.now()
  }
}
