import type { InterfaceSample } from '@picket/proto'
import type { InterfaceDescription } from '../interfaces.ts'
import type { KernelCounters } from '../kernel-counters.ts'
import type { RingThread } from './ring-thread.ts'

const NOTHING = { capturedPackets: 0, capturedOctets: 0, captureDrops: 0, undecodablePackets: 0, flowsStarted: 0 }

/** Sums the samples of an interface's rings. */
export class RingSamples {
  readonly #active = new Map<RingThread, number>()
  #sum = { ...NOTHING }
  #takenAtUs: number

  constructor(nowUs: number) {
    this.#takenAtUs = nowUs
  }

  add(thread: RingThread, sample: InterfaceSample): void {
    const sum = this.#sum
    for (const key of Object.keys(NOTHING) as (keyof typeof NOTHING)[]) sum[key] += sample[key]
    this.#active.set(thread, sample.flowsActive)
  }

  /** Packets that no thread told of. */
  addLost(packets: number): void {
    this.#sum.captureDrops += packets
  }

  /** The flows of a thread that is gone are active no more. */
  forget(thread: RingThread): void {
    this.#active.delete(thread)
  }

  /** Everything since the sample before; `grown` is the kernel's view of the interface. */
  take(nowUs: number, { name, speedBps }: InterfaceDescription, grown: KernelCounters): InterfaceSample {
    const sample = {
      interface: name,
      timeUs: nowUs,
      spanUs: Math.max(1, nowUs - this.#takenAtUs),
      ...grown,
      ...this.#sum,
      flowsActive: [...this.#active.values()].reduce((sum, active) => sum + active, 0),
      speedBps,
    }
    this.#sum = { ...NOTHING }
    this.#takenAtUs = nowUs
    return sample
  }
}
