import { isFailedAttempt } from '@picket/ml/classification'
import type { Flow } from '@picket/proto'
import { FrequencySketch } from './frequency-sketch.ts'
import { hashJoined, hashOctets, hashText } from './octet-hash.ts'
import { PairRhythm } from './pair-rhythm.ts'
import { joinHashes } from './slot-index.ts'
import { SourceActivity } from './source-activity.ts'

const PANE_US = 12 * 3600e6
const TCP = 6
const SEED = 0x5f3759df

/** How much is known about the flow a context row was written for: the shares are of so many flows, the variation of so many intervals. */
export interface ContextSupport {
  flows: number
  intervals: number
}

/**
 * Writes the context of each flow, in the order of CONTEXT_FEATURES, out of the flows before it on its interface. The flows' own times are
 * the clock, so a replay gives the same rows. About 1.5 MiB, whatever the traffic.
 */
export class ContextRows {
  readonly #sources = new SourceActivity()
  readonly #pairs = new PairRhythm()
  readonly #destinations = new FrequencySketch(PANE_US)
  readonly #services = new FrequencySketch(PANE_US)
  readonly #support: ContextSupport = { flows: 0, intervals: 0 }

  /** Sources and pairs forgotten because there were too many. */
  get evictions(): number {
    return this.#sources.evictions + this.#pairs.evictions
  }

  /** All there is to remember, always of the same sizes. */
  memory(): ArrayBufferView[] {
    return [this.#sources, this.#pairs, this.#destinations, this.#services].flatMap((part) => part.memory())
  }

  /** After the memory was filled in; as SlotIndex. */
  recall(): void {
    this.#sources.recall()
    this.#pairs.recall()
  }

  /** Returns an object that the next call fills anew. */
  write(flow: Flow, out: Float32Array, at: number): ContextSupport {
    const place = hashText(flow.interface, SEED)
    const source = hashOctets(flow.sourceAddress, place)
    const destination = hashOctets(flow.destinationAddress, place)
    const port = hashJoined(place, flow.protocol * 65_536 + flow.destinationPort)
    const slot = this.#sources.count(joinHashes(place, source), { destination, port, timeUs: flow.endUs })
    const service = hashText(flow.application || flow.protocolName, port)
    const flows = this.#destinations.total
    const destinationCount = this.#destinations.count(destination, flow.endUs)
    const serviceCount = this.#services.count(service, flow.endUs)
    const pair = this.#pairs.count(joinHashes(hashJoined(destination, port), source), flow.startUs)
    out[at] = this.#sources.destinations(slot)
    out[at + 1] = this.#sources.ports(slot)
    out[at + 2] = this.#sources.rate(slot)
    out[at + 3] = destinationCount / Math.max(1, flows)
    out[at + 4] = serviceCount / Math.max(1, flows)
    out[at + 5] = this.#pairs.variation(pair)
    out[at + 6] = flow.protocol === TCP ? this.#pairs.failures(pair, flow.startUs, isFailedAttempt(flow)) : NaN
    this.#support.flows = flows
    this.#support.intervals = this.#pairs.intervals(pair)
    return this.#support
  }
}
