import { DistinctCounters } from './distinct-counters.ts'
import { SlotIndex } from './slot-index.ts'

const SOURCES = 2048
const PANE_US = 300e6
const MINUTE_US = 60e6
/** Of a minute in the mean of the minutes: what was half an hour ago counts a third. */
const MINUTE_WEIGHT = 1 / 30
/** Minutes after which a source has a history to be held against. */
const LEAST_MINUTES = 10

/**
 * What each source does: distinct destinations and ports in the last 5 to 10 minutes, and flows this minute against its own minutes before.
 * At most 2,048 sources, 256 octets of counters each; one not seen of late is forgotten.
 */
export class SourceActivity {
  readonly #destinations = new DistinctCounters(SOURCES)
  readonly #ports = new DistinctCounters(SOURCES)
  readonly #pane = new Float64Array(SOURCES)
  readonly #minute = new Float64Array(SOURCES)
  readonly #flows = new Float64Array(SOURCES)
  readonly #usualFlows = new Float64Array(SOURCES)
  readonly #minutesKnown = new Float64Array(SOURCES)
  readonly #index = new SlotIndex(SOURCES, (slot) => this.#clear(slot))

  get evictions(): number {
    return this.#index.evictions
  }

  /** All there is to remember. */
  memory(): ArrayBufferView[] {
    const counters = [...this.#destinations.memory(), ...this.#ports.memory()]
    const times = [this.#pane, this.#minute, this.#flows, this.#usualFlows, this.#minutesKnown]
    return [...counters, ...times, ...this.#index.memory()]
  }

  /** After the memory was filled in; as SlotIndex. */
  recall(): void {
    this.#index.recall()
  }

  /** Counts a flow of the source with this key, and gives the source's slot for the questions below. */
  count(key: number, flow: { destination: number; port: number; timeUs: number }): number {
    const slot = this.#index.slotOf(key)
    this.#turnPane(slot, Math.floor(flow.timeUs / PANE_US))
    this.#turnMinute(slot, Math.floor(flow.timeUs / MINUTE_US))
    this.#destinations.add(slot, flow.destination)
    this.#ports.add(slot, flow.port)
    this.#flows[slot]++
    return slot
  }

  destinations(slot: number): number {
    return this.#destinations.estimate(slot)
  }

  ports(slot: number): number {
    return this.#ports.estimate(slot)
  }

  /** Flows this minute by one more than those of a usual minute of this source; NaN without ten minutes of history. */
  rate(slot: number): number {
    return this.#minutesKnown[slot] < LEAST_MINUTES ? NaN : this.#flows[slot] / (1 + this.#usualFlows[slot])
  }

  #turnPane(slot: number, pane: number): void {
    const passed = pane - this.#pane[slot]
    if (passed <= 0) return
    if (passed === 1) {
      this.#destinations.turn(slot)
      this.#ports.turn(slot)
    } else {
      this.#destinations.clear(slot)
      this.#ports.clear(slot)
    }
    this.#pane[slot] = pane
  }

  #turnMinute(slot: number, minute: number): void {
    const passed = minute - this.#minute[slot]
    if (passed <= 0) return
    if (this.#minute[slot] > 0) {
      this.#usualFlows[slot] += MINUTE_WEIGHT * (this.#flows[slot] - this.#usualFlows[slot])
      this.#usualFlows[slot] *= (1 - MINUTE_WEIGHT) ** (passed - 1)
      this.#minutesKnown[slot] += passed
    }
    this.#minute[slot] = minute
    this.#flows[slot] = 0
  }

  #clear(slot: number): void {
    this.#destinations.clear(slot)
    this.#ports.clear(slot)
    this.#pane[slot] = this.#minute[slot] = this.#flows[slot] = 0
    this.#usualFlows[slot] = this.#minutesKnown[slot] = 0
  }
}
