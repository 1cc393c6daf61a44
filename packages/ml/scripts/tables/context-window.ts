import { countFailures } from '../../src/classification/index.ts'

/** Who talked to whom and when, of which only counts reach a row. */
export interface Endpoints {
  source: string
  destination: string
  /** Protocol and port of the destination. */
  service: string
  /** Start of the flow. */
  seconds: number
  isAnswered: boolean
  /** Whether it was a TCP attempt that came to nothing, as `isFailedAttempt` says of a flow; undefined where it is not TCP. */
  hasFailed: boolean | undefined
}

/** Seconds that a window looks back: of 20 and 60 the better on the last part of what Westermo trains on. */
const WINDOW = 20
/** A pair with a smaller share of all flows so far is rare. */
const RARE = 0.001

export const CONTEXT_FEATURES = [
  'source_flows_window_count',
  'source_destinations_window_count',
  'source_services_window_count',
  'source_rate_usual_ratio',
  'source_unanswered_window_ratio',
  'source_seen_share_ratio',
  'destination_flows_window_count',
  'destination_sources_window_count',
  'pair_flows_window_count',
  'pair_gap_s',
  'pair_seen_share_ratio',
  'destination_seen_share_ratio',
  'service_seen_share_ratio',
  'observer_flows_window_count',
  'observer_sources_window_count',
  'observer_pairs_window_count',
  'observer_services_window_count',
  'observer_unanswered_window_ratio',
  'observer_unusual_window_ratio',
  'pair_failures_count',
] as const

/** How often each key lies in the window, and how many different others it goes with. */
class Partners {
  readonly #counts = new Map<string, Map<string, number>>()

  add(key: string, partner: string, change: 1 | -1): void {
    const of = this.#counts.get(key) ?? new Map<string, number>()
    this.#counts.set(key, of)
    const count = (of.get(partner) ?? 0) + change
    if (count > 0) of.set(partner, count)
    else of.delete(partner)
    if (of.size === 0) this.#counts.delete(key)
  }

  different(key: string): number {
    return this.#counts.get(key)?.size ?? 0
  }

  flows(key: string): number {
    let sum = 0
    for (const count of this.#counts.get(key)?.values() ?? []) sum += count
    return sum
  }

  together(key: string, partner: string): number {
    return this.#counts.get(key)?.get(partner) ?? 0
  }
}

/**
 * What a sensor knows of a flow from the flows before it: fan-out, rate against the source's own history, rarity, rhythm of a pair.
 * Exact windows, flows in the order of time; nothing later than a flow is looked at.
 */
export class ContextWindow {
  readonly #recent: Endpoints[] = []
  readonly #destinationsOf = new Partners()
  readonly #servicesOf = new Partners()
  readonly #sourcesOf = new Partners()
  readonly #answersOf = new Partners()
  /** Of all flows together. */
  readonly #observed = new Partners()
  readonly #rare = new WeakSet<Endpoints>()
  /** Failed attempts of late, and when the latest attempt was, by source and service. */
  readonly #failures = new Map<string, { count: number; seconds: number }>()
  readonly #seen = new Map<string, { flows: number; first: number; last: number }>()
  #total = 0

  /** The values of CONTEXT_FEATURES, NaN where there is no history. */
  add(flow: Endpoints): number[] {
    const { source, destination, service, seconds } = flow
    while (this.#recent.length > 0 && this.#recent[0].seconds < seconds - WINDOW) this.#count(this.#recent.shift(), -1)
    const pair = `${source} ${destination}`
    const own = this.#seen.get(`s ${source}`)
    const elapsed = own ? Math.max(WINDOW, seconds - own.first) : NaN
    const values = [
      this.#destinationsOf.flows(source),
      this.#destinationsOf.different(source),
      this.#servicesOf.different(source),
      own ? this.#destinationsOf.flows(source) / ((own.flows * WINDOW) / elapsed) : NaN,
      this.#answersOf.together(source, 'no') / this.#answersOf.flows(source),
      this.#shareOf(`s ${source}`),
      this.#sourcesOf.flows(destination),
      this.#sourcesOf.different(destination),
      this.#destinationsOf.together(source, destination),
      seconds - (this.#seen.get(`p ${pair}`)?.last ?? NaN),
      this.#shareOf(`p ${pair}`),
      this.#shareOf(`d ${destination}`),
      this.#shareOf(`v ${service}`),
      this.#recent.length,
      this.#observed.different('sources'),
      this.#observed.different('pairs'),
      this.#observed.different('services'),
      this.#observed.together('answers', 'no') / this.#recent.length,
      this.#observed.together('rarity', 'rare') / this.#recent.length,
      this.#failuresOf(flow, `${pair} ${service}`),
    ]
    if (this.#shareOf(`p ${pair}`) < RARE) this.#rare.add(flow)
    this.#recent.push(flow)
    this.#count(flow, 1)
    for (const key of [`s ${source}`, `d ${destination}`, `v ${service}`, `p ${pair}`]) this.#see(key, seconds)
    this.#total++
    return values
  }

  /** As a sensor counts them. */
  #failuresOf({ hasFailed, seconds }: Endpoints, key: string): number {
    if (hasFailed === undefined) return NaN
    const before = this.#failures.get(key) ?? { count: 0, seconds }
    const count = countFailures(before.count, seconds - before.seconds, hasFailed)
    this.#failures.set(key, { count, seconds: Math.max(seconds, before.seconds) })
    return count
  }

  #shareOf(key: string): number {
    return this.#total > 0 ? (this.#seen.get(key)?.flows ?? 0) / this.#total : NaN
  }

  #see(key: string, seconds: number): void {
    const known = this.#seen.get(key)
    if (!known) this.#seen.set(key, { flows: 1, first: seconds, last: seconds })
    else {
      known.flows++
      known.last = seconds
    }
  }

  #count(flow: Endpoints | undefined, change: 1 | -1): void {
    if (!flow) return
    this.#destinationsOf.add(flow.source, flow.destination, change)
    this.#servicesOf.add(flow.source, flow.service, change)
    this.#sourcesOf.add(flow.destination, flow.source, change)
    const answer = flow.isAnswered ? 'yes' : 'no'
    this.#answersOf.add(flow.source, answer, change)
    this.#observed.add('sources', flow.source, change)
    this.#observed.add('pairs', `${flow.source} ${flow.destination}`, change)
    this.#observed.add('services', flow.service, change)
    this.#observed.add('answers', answer, change)
    this.#observed.add('rarity', this.#rare.has(flow) ? 'rare' : 'usual', change)
  }
}
