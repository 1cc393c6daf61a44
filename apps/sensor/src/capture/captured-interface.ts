import type { InterfaceSample } from '@picket/proto'
import type { Rung } from '../budget/rung.ts'
import type { Capture, Taken } from './capture.ts'
import { CounterDifferences } from './counter-differences.ts'
import type { InterfaceMeter } from './interface-meter.ts'
import type { InterfaceDescription } from './interfaces.ts'
import { type KernelCounters, NO_COUNTERS } from './kernel-counters.ts'
import type { PacketSource } from './packet-source.ts'
import { SourceLosses } from './source-losses.ts'

/** Packets read of one interface before another has its turn: as many may be flows to export, 40 ms of work. */
const BUDGET = 1_024
/** Turns that empty the largest ring, whatever comes meanwhile. */
const DRAIN_LAPS = 512

export interface CapturedInterfaceParts {
  description: InterfaceDescription
  source: PacketSource
  meter: InterfaceMeter
  nowUs: number
  /** The kernel's totals when capture began; none for a file. */
  counters?: KernelCounters
}

/** One interface that is being captured: its source, its meter and what was last sampled of both. */
export class CapturedInterface implements Capture {
  description: InterfaceDescription
  readonly meteredBy = ''
  readonly #source: PacketSource
  readonly #meter: InterfaceMeter
  readonly #handle: InterfaceMeter['handle']
  readonly #losses: SourceLosses
  readonly #counters: CounterDifferences
  /** Whether the last poll found nothing: everything that had arrived is metered. */
  #isDrained = false
  #isFinished = false
  /** Lost packets that no sample told of yet. */
  #drops = 0
  #sampledAtUs: number
  #sampled = { packets: 0, octets: 0, undecodable: 0, started: 0 }

  constructor(parts: CapturedInterfaceParts) {
    this.description = parts.description
    this.#source = parts.source
    this.#meter = parts.meter
    this.#handle = parts.meter.handle.bind(parts.meter)
    this.#losses = new SourceLosses(parts.source, parts.meter.gaps, parts.nowUs)
    this.#sampledAtUs = parts.nowUs
    this.#counters = new CounterDifferences(parts.counters)
  }

  get source(): string {
    return this.#source.kind
  }

  get isEnded(): boolean {
    return this.#source.ended
  }

  get endedFlows(): number {
    return this.#meter.endedFlows
  }

  poll(): number {
    if (this.#isFinished) return 0
    const count = this.#source.read(this.#handle, BUDGET)
    this.#isDrained = count === 0
    return count
  }

  wakeWhenReady(wake: () => void): boolean {
    return this.#source.wakeWhenReady?.(wake) ?? false
  }

  advance(timeUs: number): void {
    if (this.#isDrained) this.#meter.table.advance(timeUs)
  }

  /** Of a file, what was read counts as received. */
  sample(nowUs: number, counters: KernelCounters | undefined): InterfaceSample {
    const meter = this.#meter
    const before = this.#sampled
    if (!this.#isFinished) this.#drops += this.#losses.take(nowUs)
    const captured = meter.packetsRead - before.packets
    const octets = meter.octetsRead - before.octets
    const received = { ...NO_COUNTERS, receivedOctets: octets, receivedPackets: captured }
    const sample: InterfaceSample = {
      interface: this.description.name,
      timeUs: nowUs,
      spanUs: Math.max(1, nowUs - this.#sampledAtUs),
      ...(this.source === 'file' ? received : this.#counters.advance(counters)),
      capturedPackets: captured,
      capturedOctets: octets,
      captureDrops: this.#drops,
      undecodablePackets: meter.undecodablePackets - before.undecodable,
      flowsStarted: meter.table.started - before.started,
      flowsActive: meter.table.active,
      speedBps: this.description.speedBps,
    }
    this.#sampledAtUs = nowUs
    this.#drops = 0
    this.#sampled = {
      packets: meter.packetsRead,
      octets: meter.octetsRead,
      undecodable: meter.undecodablePackets,
      started: meter.table.started,
    }
    return sample
  }

  take(): Taken {
    const meter = this.#meter
    const { packetsRead, table } = meter
    return {
      flows: meter.takeFlows(),
      gaps: meter.takeGaps(this.#isFinished && table.active === 0),
      packetsRead,
      clockUs: table.clockUs,
    }
  }

  setTimeouts(timeouts: { idleTimeoutUs: number; activeTimeoutUs: number }): void {
    this.#meter.table.setTimeouts(timeouts)
  }

  setRung(rung: Rung): void {
    this.#meter.rung = rung
  }

  leaveOutVlans(identifiers: readonly number[]): void {
    this.#source.leaveOutVlans?.(identifiers)
  }

  /** As `finish`, but the source goes on: under another name of the interface, for whoever has it from now on. */
  handOver(nowUs: number): PacketSource {
    this.#drain()
    this.#isFinished = true
    this.#drops += this.#losses.takeLast(nowUs)
    return this.#source
  }

  async finish(nowUs: number): Promise<void> {
    if (this.#isFinished) return
    if (this.source === 'cap') this.#drain()
    this.#isFinished = true
    await this.#source.finish?.(this.#handle)
    this.#drops += this.#losses.takeLast(nowUs)
    await this.#source.close()
  }

  endSome(budget: number): boolean {
    return this.#isFinished && this.#meter.table.endSome(budget)
  }

  #drain(): void {
    for (let laps = 0; laps < DRAIN_LAPS && this.poll() > 0; laps++);
  }
}
