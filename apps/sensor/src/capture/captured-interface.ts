import type { InterfaceSample } from '@picket/proto'
import type { InterfaceDescription } from './interfaces.ts'
import type { InterfaceMeter } from './interface-meter.ts'
import { type KernelCounters, NO_COUNTERS } from './kernel-counters.ts'
import type { PacketSource } from './packet-source.ts'

/** Packets read of one interface before another has its turn. */
const BUDGET = 4_096
/** Turns that empty the largest ring, whatever comes meanwhile. */
const DRAIN_LAPS = 128

export interface CapturedInterfaceParts {
  description: InterfaceDescription
  source: PacketSource
  meter: InterfaceMeter
  nowUs: number
  /** The kernel's totals when capture began; none for a file. */
  counters?: KernelCounters
}

/** One interface that is being captured: its source, its meter and what was last sampled of both. */
export class CapturedInterface {
  description: InterfaceDescription
  readonly source: PacketSource
  readonly meter: InterfaceMeter
  /** Whether the last poll found nothing: everything that had arrived is metered. */
  isDrained = false
  readonly #handle: InterfaceMeter['handle']
  #counters: KernelCounters | undefined
  #sampledAtUs: number
  #sampled = { packets: 0, octets: 0, undecodable: 0, started: 0 }

  constructor(parts: CapturedInterfaceParts) {
    this.description = parts.description
    this.source = parts.source
    this.meter = parts.meter
    this.#handle = parts.meter.handle.bind(parts.meter)
    this.#sampledAtUs = parts.nowUs
    this.#counters = parts.counters
  }

  poll(): number {
    const count = this.source.read(this.#handle, BUDGET)
    this.isDrained = count === 0
    return count
  }

  /**
   * Everything counted since the sample before. `counters` are the kernel's totals now; a replayed file has none, there
   * what was read counts as received.
   */
  sample(nowUs: number, counters: KernelCounters | undefined): InterfaceSample {
    const { meter, source, description } = this
    const drops = this.#takeDrops(nowUs)
    const before = this.#sampled
    const captured = meter.packetsRead - before.packets
    const octets = meter.octetsRead - before.octets
    const isReplay = source.kind === 'file'
    const received = { ...NO_COUNTERS, receivedOctets: octets, receivedPackets: captured }
    const sample: InterfaceSample = {
      interface: description.name,
      timeUs: nowUs,
      spanUs: Math.max(1, nowUs - this.#sampledAtUs),
      ...(isReplay ? received : this.#advance(counters)),
      capturedPackets: captured,
      capturedOctets: octets,
      captureDrops: drops,
      undecodablePackets: meter.undecodablePackets - before.undecodable,
      flowsStarted: meter.table.started - before.started,
      flowsActive: meter.table.active,
      speedBps: description.speedBps,
    }
    this.#sampledAtUs = nowUs
    this.#sampled = {
      packets: meter.packetsRead,
      octets: meter.octetsRead,
      undecodable: meter.undecodablePackets,
      started: meter.table.started,
    }
    return sample
  }

  /** Reads what the source holds, at most some laps: packets may come faster than they are read. */
  drain(): void {
    for (let laps = 0; laps < DRAIN_LAPS && this.poll() > 0; laps++);
  }

  /** Of an interface that is gone: what was read before and what was lost counts. */
  async retire(nowUs: number): Promise<void> {
    this.drain()
    this.#takeDrops(nowUs)
    await this.source.close()
  }

  #takeDrops(nowUs: number): number {
    const { source, meter } = this
    const drops = source.takeDrops()
    const cause = source.kind === 'cap' ? 'capture-drop' : 'kernel-drop'
    meter.gaps.addPackets(cause, { startUs: this.#sampledAtUs, endUs: nowUs }, drops)
    return drops
  }

  /** Differences since the call before, never below 0: a driver may reset its counters. */
  #advance(counters: KernelCounters | undefined): KernelCounters {
    const before = this.#counters
    this.#counters = counters
    if (!counters || !before) return { ...NO_COUNTERS }
    const differences = { ...NO_COUNTERS }
    for (const key of Object.keys(differences) as (keyof KernelCounters)[]) {
      differences[key] = Math.max(0, counters[key] - before[key])
    }
    return differences
  }
}
