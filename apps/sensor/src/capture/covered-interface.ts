import type { InterfaceSample } from '@picket/proto'
import type { Capture, Taken } from './capture.ts'
import { CounterDifferences } from './counter-differences.ts'
import type { InterfaceDescription } from './interfaces.ts'
import type { KernelCounters } from './kernel-counters.ts'

/** An interface whose every packet is metered at another one: it has the kernel's counters, and no ring. */
export class CoveredInterface implements Capture {
  description: InterfaceDescription
  readonly source = ''
  readonly meteredBy: string
  readonly isEnded = false
  readonly endedFlows = 0
  readonly #counters: CounterDifferences
  #sampledAtUs: number

  constructor(parts: {
    description: InterfaceDescription
    meteredBy: string
    nowUs: number
    counters: KernelCounters | undefined
  }) {
    this.description = parts.description
    this.meteredBy = parts.meteredBy
    this.#sampledAtUs = parts.nowUs
    this.#counters = new CounterDifferences(parts.counters)
  }

  poll(): number {
    return 0
  }

  wakeWhenReady(): boolean {
    return true
  }

  sample(nowUs: number, counters: KernelCounters | undefined): InterfaceSample {
    const spanUs = Math.max(1, nowUs - this.#sampledAtUs)
    this.#sampledAtUs = nowUs
    return {
      interface: this.description.name,
      timeUs: nowUs,
      spanUs,
      ...this.#counters.advance(counters),
      capturedPackets: 0,
      capturedOctets: 0,
      captureDrops: 0,
      undecodablePackets: 0,
      flowsStarted: 0,
      flowsActive: 0,
      speedBps: this.description.speedBps,
    }
  }

  take(): Taken {
    return { flows: [], gaps: [], packetsRead: 0, clockUs: 0 }
  }

  advance(): void {}

  setTimeouts(): void {}

  setRung(): void {}

  leaveOutVlans(): void {}

  async finish(): Promise<void> {}

  endSome(): boolean {
    return false
  }
}
