import type { Interface, InterfaceSample } from '@picket/proto'
import type { ObservationSink } from '../observation.ts'
import type { Capture } from './capture.ts'

/** What the wire hands on, put together from all that is captured. */
export class Handover {
  readonly #sink: ObservationSink
  #samples: InterfaceSample[] = []
  #interfaces: Interface[] = []
  #retired: Capture[] = []
  #packetsHandedOn = 0
  #packetsOfRetired = 0

  constructor(sink: ObservationSink) {
    this.#sink = sink
  }

  tellSample(sample: InterfaceSample): void {
    this.#samples.push(sample)
  }

  tellInterfaces(interfaces: readonly Interface[]): void {
    this.#interfaces.push(...interfaces)
  }

  /** The last of an interface that is captured no more: its sample now, its flows with the next flush. */
  retire(capture: Capture, sample: InterfaceSample): void {
    this.tellSample(sample)
    this.#retired.push(capture)
  }

  /** Hands on everything that has ended so far. */
  flush(captured: readonly Capture[]): void {
    const taken = [...captured, ...this.#retired].map((one) => one.take())
    const packetsRead = taken.reduce((sum, one) => sum + one.packetsRead, this.#packetsOfRetired)
    const observation = {
      flows: taken.flatMap(({ flows }) => flows),
      interfaceSamples: this.#samples,
      coverageGaps: taken.flatMap(({ gaps }) => gaps),
      interfaces: this.#interfaces,
      packetsRead: packetsRead - this.#packetsHandedOn,
      packetTimeUs: taken.reduce((latest, { clockUs }) => Math.max(latest, clockUs), 0),
    }
    for (const one of taken.slice(captured.length)) this.#packetsOfRetired += one.packetsRead
    this.#retired = []
    this.#samples = []
    this.#interfaces = []
    this.#packetsHandedOn = packetsRead
    this.#sink(observation)
  }
}
