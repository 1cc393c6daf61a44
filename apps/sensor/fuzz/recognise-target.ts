import { Exclusion } from '../src/capture/exclusion.ts'
import { Frame } from '../src/capture/frame.ts'
import { InterfaceMeter } from '../src/capture/interface-meter.ts'
import { toEcs } from '../src/commands/to-ecs.ts'
import { AddressNames } from '../src/recognise/address-names.ts'
import type { FuzzTarget } from './target.ts'

const T0 = 1_700_000_000_000_000

/** The whole way from frame to flow with recognition: no exception, every packet in a flow or a gap. */
export class RecogniseTarget implements FuzzTarget {
  readonly #frame = new Frame()
  readonly #meter = new InterfaceMeter({
    interfaceName: 'fuzz',
    idleTimeoutUs: 1e7,
    activeTimeoutUs: 3e7,
    maxFlows: 1_024,
    exclusion: new Exclusion(),
    names: new AddressNames(),
  })
  #timeUs = T0
  #inFlows = 0

  feed(input: Uint8Array, random: { below(limit: number): number }): void {
    const frame = this.#frame
    frame.bytes = input
    frame.capturedLength = input.length
    frame.wireLength = input.length
    this.#timeUs += random.below(1_000)
    frame.timeUs = this.#timeUs
    this.#meter.handle(frame)
    this.#take()
  }

  settle(): void {
    while (this.#meter.table.endSome(64));
    this.#take()
    const inGaps = this.#meter.takeGaps().reduce((sum, { packets }) => sum + packets, 0)
    this.#inFlows += inGaps
    if (this.#inFlows !== this.#meter.packetsRead) {
      throw new Error(`${this.#meter.packetsRead} packets read, ${this.#inFlows} in flows and gaps`)
    }
  }

  close(): void {
    // Holds nothing but memory.
  }

  #take(): void {
    if (this.#meter.endedFlows === 0) return
    for (const flow of this.#meter.takeFlows()) {
      this.#inFlows += (flow.forward?.packets ?? 0) + (flow.reverse?.packets ?? 0)
      JSON.stringify(toEcs(flow))
    }
  }
}
