import { Worker } from 'node:worker_threads'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Records } from '@picket/proto'
import { CaptureError, type CaptureErrorCode } from '../capture-error.ts'
import { packetsInFlows } from './packets-in-flows.ts'
import {
  type FromRingThread,
  RING_COUNTS,
  RingCount,
  type RingReport,
  type RingThreadSettings,
  type ToRingThread,
} from './ring-thread-messages.ts'

/** What a thread may take of memory for objects, MiB; flows and the ring are outside of it. */
const LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 192 }
/** How long a thread may take to end in order, milliseconds. */
const FINISH_MS = 5_000

export interface RingThreadEvents {
  onReport(thread: RingThread, report: RingReport, records: Records): void
  /** It is gone, as it was told to or by itself. */
  onExit(thread: RingThread, error: Error | undefined): void
}

/** One ring of an interface that is read by a thread of its own, as seen by the thread that opened it. */
export class RingThread {
  readonly socket: number
  readonly #worker: Worker
  readonly #counts: Float64Array
  readonly #opened: Promise<void>
  readonly #exited: Promise<void>
  /** Of all reports so far. */
  readonly #reported = { packetsRead: 0, inFlows: 0, inGaps: 0, sampled: 0 }
  #isFinishing = false
  #unanswered = 0

  constructor(settings: Omit<RingThreadSettings, 'counts'>, events: RingThreadEvents) {
    this.socket = settings.socket
    this.#counts = new Float64Array(new SharedArrayBuffer(8 * RING_COUNTS))
    const workerData: RingThreadSettings = { ...settings, counts: this.#counts }
    const worker = new Worker(threadFile(), { workerData, resourceLimits: LIMITS, name: 'ring' })
    this.#worker = worker
    let error: Error | undefined
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#opened = promise
    worker.on('error', (reason) => (error = reason instanceof Error ? reason : new Error(String(reason))))
    worker.on('message', (message: FromRingThread) => {
      if (message.kind === 'open') resolve()
      else if (message.kind === 'refused') reject(new CaptureError(message.code as CaptureErrorCode, message.message))
      else this.#take(message, events)
    })
    this.#exited = new Promise((exited) =>
      worker.once('exit', () => {
        reject(
          new CaptureError('capture-failed', `the thread of a ring ended (${error?.message ?? 'no reason given'})`),
        )
        events.onExit(this, error)
        exited()
      }),
    )
  }

  /** Settles when the ring is open and shut. */
  get opened(): Promise<void> {
    return this.#opened
  }

  /** Packets reported so far. */
  get packetsRead(): number {
    return this.#reported.packetsRead
  }

  /** True from `finish` on: what is not reported by its end is lost all the same. */
  get isFinishing(): boolean {
    return this.#isFinishing
  }

  tell(message: ToRingThread): void {
    this.#worker.postMessage(message, [])
  }

  /** Everything reported so far was handed on. */
  acknowledge(): void {
    if (this.#unanswered > 0) this.tell({ kind: 'acknowledge', reports: this.#unanswered })
    this.#unanswered = 0
  }

  /** Ends it in order; by force where that takes too long. */
  async finish(): Promise<void> {
    this.#isFinishing = true
    this.tell({ kind: 'finish' })
    const deadline = setTimeout(() => void this.#worker.terminate(), FINISH_MS)
    await this.#exited
    clearTimeout(deadline)
  }

  /** Ends it at once. */
  async terminate(): Promise<void> {
    await this.#worker.terminate()
  }

  /**
   * Of a thread that is gone, and of the packets the kernel put into its ring since its last report: those that are in no flow
   * and no gap, and those that no sample told of.
   */
  lost(takenSince: number): { unaccounted: number; unsampled: number } {
    const { inFlows, inGaps, sampled } = this.#reported
    const metered = this.#counts[RingCount.METERED]
    const unread = Math.max(0, this.#counts[RingCount.TAKEN] + takenSince - this.#counts[RingCount.READ])
    return { unaccounted: Math.max(0, metered - inFlows - inGaps) + unread, unsampled: metered - sampled + unread }
  }

  #take(report: RingReport, events: RingThreadEvents): void {
    const records = Records.decode(report.records)
    const reported = this.#reported
    reported.packetsRead = report.packetsRead
    reported.inFlows += packetsInFlows(records.flows)
    for (const { cause, packets } of records.coverageGaps) if (cause !== 'kernel-drop') reported.inGaps += packets
    for (const { capturedPackets } of records.interfaceSamples) reported.sampled += capturedPackets
    this.#unanswered++
    events.onReport(this, report, records)
  }
}

/** Beside the code that runs: a module of the source tree, or of the code that was put together from it. */
function threadFile(): string {
  const own = process.argv[1] ?? ''
  if (!basename(own).startsWith('sensor.')) return fileURLToPath(new URL('ring-thread-main.ts', import.meta.url))
  return join(dirname(own), 'ring-thread.mjs')
}
