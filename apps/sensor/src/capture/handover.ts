import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Interface, InterfaceSample } from '@picket/proto'
import type { ObservationSink } from '../observation.ts'
import type { Capture } from './capture.ts'

/** Of an interface that is captured no more, with each flush: what is handed on at once stays bounded. */
const FLOWS_A_FLUSH = 5_000
/** At the end, of each interface, before what was handed on is done with. */
const FLOWS_A_PIECE = 1_000
/** A sensor that is told to end has ten seconds. */
const PATIENCE_MS = 3_000

/** How whoever takes what is left keeps up. */
export interface HandoverEnd {
  /** Settles when what was handed on is done with: one piece waits for the one before. */
  settled?: () => Promise<void>
  /** Called once when there is no more time to wait. */
  hurry?: () => void
}

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

  /** The last of an interface that is captured no more: its sample now, its flows with the next flushes. */
  retire(capture: Capture, sample: InterfaceSample): void {
    this.tellSample(sample)
    this.#retired.push(capture)
  }

  /**
   * Hands on all that is left of the interfaces, piece by piece, each after the one before is `settled`: memory stays what it was. What is
   * left after three seconds is not waited for, which `hurry` tells.
   */
  async finish(captured: readonly Capture[], { settled = nextTurn, hurry }: HandoverEnd): Promise<void> {
    const until = performance.now() + PATIENCE_MS
    let isLate = false
    this.flush(captured)
    while (captured.some((one) => one.endSome(FLOWS_A_PIECE)) || this.#retired.length > 0) {
      this.flush(captured)
      if (!isLate && performance.now() >= until) {
        isLate = true
        hurry?.()
      }
      await (isLate ? nextTurn() : settled())
    }
    this.flush(captured)
  }

  /** Hands on everything that has ended so far. */
  flush(captured: readonly Capture[]): void {
    const ending = this.#retired.filter((one) => one.endSome(FLOWS_A_FLUSH))
    const ended = this.#retired.filter((one) => !ending.includes(one)).map((one) => one.take())
    const taken = [...[...captured, ...ending].map((one) => one.take()), ...ended]
    const packetsRead = taken.reduce((sum, one) => sum + one.packetsRead, this.#packetsOfRetired)
    const observation = {
      flows: taken.flatMap(({ flows }) => flows),
      interfaceSamples: this.#samples,
      coverageGaps: taken.flatMap(({ gaps }) => gaps),
      interfaces: this.#interfaces,
      packetsRead: packetsRead - this.#packetsHandedOn,
      packetTimeUs: taken.reduce((latest, { clockUs }) => Math.max(latest, clockUs), 0),
    }
    for (const one of ended) this.#packetsOfRetired += one.packetsRead
    this.#retired = ending
    this.#samples = []
    this.#interfaces = []
    this.#packetsHandedOn = packetsRead
    this.#sink(observation)
  }
}
