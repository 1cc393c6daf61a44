import type { Flow } from '@picket/proto'
import { RecentlyUsed } from '../recently-used.ts'
import { ScoreSketch, type StoredSketch } from './score-sketch.ts'

const DAY_US = 86_400e6
/** Packet time that must have passed on an interface before its flow rate is believed. */
const LEAST_US = 600e6
/** After which what was seen counts half. */
const HALF_LIFE_US = 3 * DAY_US
/** The threshold is solved for this often. */
const SOLVE_EVERY_US = 60e6
/** Interfaces followed; beyond it the one not used for longest begins anew. 3 KB each. */
export const MAX_INTERFACES = 64
/** Steps of the search: to the last bit that the sketch tells apart. */
const STEPS = 24

interface Watched {
  readonly sketch: ScoreSketch
  lastUs: number
  /** Flows and microseconds, older ones weighing less. */
  flows: number
  spanUs: number
  solvedUs: number
  /** What the threshold was solved for. */
  aDay: number
  threshold: number | undefined
}

/** What is kept of it on disk. */
export interface StoredThresholds {
  readonly modelId: string
  /** Flows and microseconds by interface, as they weigh, and the anomalies; least recently used first. */
  readonly interfaces: readonly (readonly [
    string,
    { readonly flows: number; readonly spanUs: number; readonly sketch: StoredSketch },
  ])[]
}

/**
 * Solves for the anomaly from which so many flows a day of each interface are anomalous, by the anomalies and the flow rate seen there:
 * flows a day x share of flows at or above = those wanted, shared evenly among the interfaces. Scans are left out: they are found by
 * themselves, and must not raise the threshold for all else. Anomalies of other models are on another scale: with them it begins anew.
 * Packet time is the clock.
 */
export class DailyThreshold {
  readonly #watched = new RecentlyUsed<Watched>(MAX_INTERFACES, () => ({
    sketch: new ScoreSketch(),
    lastUs: 0,
    flows: 0,
    spanUs: 0,
    solvedUs: 0,
    aDay: 0,
    threshold: undefined,
  }))
  #modelId = ''

  store(): StoredThresholds {
    const interfaces = [...this.#watched.entries()].map(
      ([name, { flows, spanUs, sketch }]) => [name, { flows, spanUs, sketch: sketch.store() }] as const,
    )
    return { modelId: this.#modelId, interfaces }
  }

  /** Goes on with what was stored; the time between counts neither as quiet nor as old. */
  restore({ modelId, interfaces }: StoredThresholds): void {
    this.#modelId = modelId
    for (const [name, { flows, spanUs, sketch }] of interfaces) {
      const watched = this.#watched.of(name)
      this.#watched.set(name, { ...watched, flows, spanUs, sketch: ScoreSketch.restore(sketch) })
    }
  }

  /** Learns from refined flows. */
  observe(flows: readonly Flow[]): void {
    for (const flow of flows) {
      if (flow.anomaly === undefined || flow.class === 'scan') continue
      if (flow.anomalyModelId !== this.#modelId) this.#begin(flow.anomalyModelId)
      const watched = this.#watched.of(flow.interface)
      passTime(watched, flow.endUs)
      watched.flows++
      watched.sketch.learn(flow.anomaly, flow.endUs)
    }
  }

  /** Whether the interface was seen for ten minutes: before, nothing is known of what is usual there. */
  isSettled(name: string): boolean {
    return (this.#watched.peek(name)?.spanUs ?? 0) >= LEAST_US
  }

  /** The threshold that gives `aDay` flows a day over all interfaces; undefined before the interface was seen for ten minutes. */
  solve(name: string, aDay: number): number | undefined {
    const watched = this.#watched.peek(name)
    if (watched === undefined || !this.isSettled(name)) return undefined
    const isStale = watched.aDay !== aDay || watched.lastUs - watched.solvedUs >= SOLVE_EVERY_US
    if (isStale || watched.threshold === undefined) {
      watched.solvedUs = watched.lastUs
      watched.aDay = aDay
      const flowsADay = (watched.flows / watched.spanUs) * DAY_US
      watched.threshold = thresholdOf(watched.sketch, aDay / this.#watched.size / flowsADay)
    }
    return watched.threshold
  }

  #begin(modelId: string): void {
    this.#modelId = modelId
    this.#watched.clear()
  }
}

function passTime(watched: Watched, timeUs: number): void {
  if (watched.lastUs === 0) watched.lastUs = timeUs
  const passed = timeUs - watched.lastUs
  if (passed <= 0) return
  const kept = 0.5 ** (passed / HALF_LIFE_US)
  watched.flows *= kept
  watched.spanUs = watched.spanUs * kept + passed
  watched.lastUs = timeUs
}

/** The lowest anomaly that at most this share of the flows reach. */
function thresholdOf(sketch: ScoreSketch, share: number): number {
  let low = 0
  let high = 1
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2
    if (1 - sketch.rank(middle) > share) low = middle
    else high = middle
  }
  return high
}
