import type { Flow, InterfaceSample, Records } from '@picket/proto'
import type { Logger } from 'pino'
import type { Rung } from '../../budget/rung.ts'
import { reasonOf } from '../../errors.ts'
import type { AddressNames } from '../../recognise/address-names.ts'
import type { Capture, Taken } from '../capture.ts'
import { CounterDifferences } from '../counter-differences.ts'
import { GapLedger } from '../gap-ledger.ts'
import type { InterfaceDescription } from '../interfaces.ts'
import type { KernelCounters } from '../kernel-counters.ts'
import type { FanoutGroup } from './fanout-group.ts'
import { RingSamples } from './ring-samples.ts'
import type { RingThread, RingThreadEvents } from './ring-thread.ts'
import type { RingReport, ToRingThread } from './ring-thread-messages.ts'

/** Threads that ended by themselves are replaced so often; then the others, whom the kernel gives their share, go on alone. */
const MOST_REPLACED = 3

export interface FanoutInterfaceParts {
  group: FanoutGroup
  /** Those of the whole sensor: DNS answers that a thread saw are added. */
  names: AddressNames
  nowUs: number
  /** The kernel's totals when capture began. */
  counters: KernelCounters | undefined
  logger: Pick<Logger, 'info' | 'warn'>
}

/**
 * One interface that is read by several rings, each with a thread and a flow table of its own. The kernel gives both directions
 * of a conversation to the same ring. Here flows, gaps and counts of all threads come together.
 */
export class FanoutInterface implements Capture {
  description: InterfaceDescription
  readonly source = 'ring'
  readonly meteredBy = ''
  readonly #parts: FanoutInterfaceParts
  readonly #threads = new Set<RingThread>()
  readonly #samples: RingSamples
  readonly #counters: CounterDifferences
  readonly #events: RingThreadEvents
  #gaps: GapLedger
  #flows: Flow[] = []
  #rung: Rung | undefined
  #vlansElsewhere: readonly number[] = []
  #packetsOfGone = 0
  #clockUs = 0
  #lookedAtUs: number
  #replaced = 0
  #replacing = 0
  #isFinished = false
  #wake: () => void = () => undefined

  constructor(parts: FanoutInterfaceParts) {
    this.#parts = parts
    this.description = parts.group.settings.description
    this.#gaps = new GapLedger(this.description.name)
    this.#samples = new RingSamples(parts.nowUs)
    this.#counters = new CounterDifferences(parts.counters)
    this.#lookedAtUs = parts.nowUs
    this.#events = {
      onReport: (thread, report, records) => this.#accept(thread, report, records),
      onExit: (thread, error) => this.#leave(thread, error),
    }
  }

  /** Opens so many rings and then lets them in together, so that few conversations begin on one and go on on another. */
  async open(rings: number): Promise<void> {
    const { group } = this.#parts
    const prepared = await Promise.allSettled(Array.from({ length: rings }, () => group.prepare(this.#events)))
    const threads = prepared.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    try {
      for (const one of prepared) if (one.status === 'rejected') throw one.reason
      for (const thread of threads) this.#admit(thread)
    } catch (error) {
      this.#isFinished = true
      await Promise.all(threads.map((thread) => thread.terminate()))
      throw error
    }
  }

  /** What was not seen, until it is taken. */
  get gaps(): GapLedger {
    return this.#gaps
  }

  /** No thread is left and none comes in its place. */
  get isEnded(): boolean {
    return this.#threads.size === 0 && this.#replacing === 0
  }

  get endedFlows(): number {
    return this.#flows.length
  }

  /** Before packets that came on under another name. */
  rename(description: InterfaceDescription): void {
    const gaps = this.#gaps.take()
    this.description = description
    this.#gaps = new GapLedger(description.name)
    for (const gap of gaps) this.#gaps.merge(gap)
  }

  /** The threads read. */
  poll(): number {
    return 0
  }

  wakeWhenReady(wake: () => void): boolean {
    this.#wake = wake
    return true
  }

  /** Each thread moves its own clock. */
  advance(): void {}

  sample(nowUs: number, counters: KernelCounters | undefined): InterfaceSample {
    return this.#samples.take(nowUs, this.description, this.#counters.advance(counters))
  }

  take(): Taken {
    const flows = this.#flows
    this.#flows = []
    let packetsRead = this.#packetsOfGone
    for (const thread of this.#threads) {
      packetsRead += thread.packetsRead
      thread.acknowledge()
    }
    return { flows, gaps: this.#gaps.take(), packetsRead, clockUs: this.#clockUs }
  }

  setTimeouts(timeouts: { idleTimeoutUs: number; activeTimeoutUs: number }): void {
    Object.assign(this.#parts.group.settings.metering, timeouts)
    this.#tell({ kind: 'timeouts', ...timeouts })
  }

  setRung(rung: Rung): void {
    this.#rung = rung
    this.#tell({ kind: 'rung', rung })
  }

  leaveOutVlans(identifiers: readonly number[]): void {
    if (identifiers.join() === this.#vlansElsewhere.join()) return
    this.#vlansElsewhere = [...identifiers]
    this.#tell({ kind: 'leave-out-vlans', identifiers: this.#vlansElsewhere })
  }

  async finish(nowUs: number): Promise<void> {
    if (this.#isFinished) return
    this.#isFinished = true
    this.#lookedAtUs = Math.min(this.#lookedAtUs, nowUs)
    await Promise.all([...this.#threads].map((thread) => thread.finish()))
  }

  /** Threads end theirs before they are finished. */
  endSome(): boolean {
    return false
  }

  #tell(message: ToRingThread): void {
    for (const thread of this.#threads) thread.tell(message)
  }

  #admit(thread: RingThread): void {
    if (this.#rung !== undefined) thread.tell({ kind: 'rung', rung: this.#rung })
    thread.tell({ kind: 'leave-out-vlans', identifiers: this.#vlansElsewhere })
    this.#parts.group.admit(thread)
    this.#threads.add(thread)
  }

  #accept(thread: RingThread, { clockUs, names }: RingReport, records: Records): void {
    const { name } = this.description
    for (const { address, name } of names) this.#parts.names.add(address, 0, address.length, name)
    for (const flow of records.flows) {
      flow.interface = name
      if (flow.hostName === '') flow.hostName = this.#parts.names.nameOf(flow.destinationAddress)
      this.#flows.push(flow)
    }
    for (const gap of records.coverageGaps) this.#gaps.merge(gap)
    for (const sample of records.interfaceSamples) this.#samples.add(thread, sample)
    this.#clockUs = Math.max(this.#clockUs, clockUs)
    this.#lookedAtUs = Date.now() * 1000
    if (records.flows.length > 0) this.#wake()
  }

  /** Enters what a thread took along, closes its socket, and puts another in its place unless it was told to end. */
  #leave(thread: RingThread, error: Error | undefined): void {
    const wasAdmitted = this.#threads.delete(thread)
    const { taken, drops } = this.#parts.group.release(thread, wasAdmitted)
    this.#samples.forget(thread)
    this.#packetsOfGone += thread.packetsRead
    if (!wasAdmitted) return
    const span = { startUs: this.#lookedAtUs, endUs: Date.now() * 1000 }
    const { unaccounted, unsampled } = thread.lost(taken)
    this.#gaps.addPackets('reader-ended', span, unaccounted)
    this.#gaps.addPackets('kernel-drop', span, drops)
    this.#samples.addLost(unsampled + drops)
    if (this.#isFinished) return
    const { logger } = this.#parts
    const interfaceName = this.description.name
    logger.warn(
      { interface: interfaceName, reason: error ? reasonOf(error) : 'none', packets: unaccounted },
      'thread of a ring ended',
    )
    if (this.#replaced >= MOST_REPLACED) return
    this.#replaced++
    void this.#replace()
  }

  async #replace(): Promise<void> {
    this.#replacing++
    try {
      const thread = await this.#parts.group.prepare(this.#events)
      if (this.#isFinished) await thread.terminate()
      else this.#admit(thread)
    } catch (error) {
      this.#parts.logger.warn({ interface: this.description.name, reason: reasonOf(error) }, 'ring not replaced')
    } finally {
      this.#replacing--
    }
  }
}
