import { createRandom } from '../../training/random.ts'
import type { LabelledFlow, Split } from './labelled-flow.ts'

export type SplitBy = 'capture' | 'host' | 'time' | 'position'

/** Captures or hosts from which on they are what is split by, when nobody says otherwise. */
const ENOUGH_GROUPS = 10
/** Captures and hosts counted at most. */
const MAX_GROUPS = 10_000
/** Spans of positions in a file that are kept together. */
const SLOTS = 40
/** Moments remembered of each label: a uniform sample (algorithm R). */
const MAX_MOMENTS = 512

/** Whether more than one capture, or host, was seen. */
interface SeenGroup {
  readonly first: string
  isOnly: boolean
}

const seenOnce = (first: string): SeenGroup => ({ first, isOnly: true })

/** What a first reading of the sources found. */
export class SourceSurvey {
  readonly captures = new Map<string, number>()
  readonly hosts = new Set<string>()
  readonly labels = new Map<string, number>()
  readonly #groupsOf = new Map<string, { capture: SeenGroup; host: SeenGroup }>()
  rows = 0
  /** Of each label. */
  readonly #moments = new Map<string, { seen: number; sample: number[] }>()
  readonly #random = createRandom(1)

  add({ capture, host, label, startUs }: LabelledFlow): void {
    this.rows++
    if (this.captures.has(capture) || this.captures.size < MAX_GROUPS)
      this.captures.set(capture, (this.captures.get(capture) ?? 0) + 1)
    if (host !== '' && this.hosts.size < MAX_GROUPS) this.hosts.add(host)
    this.labels.set(label, (this.labels.get(label) ?? 0) + 1)
    let seen = this.#groupsOf.get(label)
    if (!seen) this.#groupsOf.set(label, (seen = { capture: seenOnce(capture), host: seenOnce(host) }))
    if (seen.capture.first !== capture) seen.capture.isOnly = false
    if (seen.host.first !== host) seen.host.isOnly = false
    if (!Number.isFinite(startUs)) return
    let moments = this.#moments.get(label)
    if (!moments) this.#moments.set(label, (moments = { seen: 0, sample: [] }))
    moments.seen++
    const { sample } = moments
    const place = sample.length < MAX_MOMENTS ? sample.length : Math.floor(this.#random() * moments.seen)
    if (place < MAX_MOMENTS) sample[place] = startUs
  }

  /** By label the moment up to which this share of its flows had begun. */
  momentsAt(share: number): Map<string, number> {
    const at = (sample: number[]) => sample.sort((a, b) => a - b)[Math.floor(share * (sample.length - 1))]
    return new Map([...this.#moments].map(([label, { sample }]) => [label, at(sample)]))
  }

  /** The strictest way of splitting that the sources allow: no label may hang on one capture, or one host, alone. */
  get best(): SplitBy {
    const isSpread = (by: 'capture' | 'host') => [...this.#groupsOf.values()].every((seen) => !seen[by].isOnly)
    if (this.captures.size >= ENOUGH_GROUPS && isSpread('capture')) return 'capture'
    if (this.hosts.size >= ENOUGH_GROUPS && isSpread('host')) return 'host'
    return this.#moments.size > 0 ? 'time' : 'position'
  }
}

/**
 * Puts whole captures, whole hosts, the later part of each label, or whole spans of positions in a file that says no time into the
 * test split, never single flows: flows of one capture or one attack resemble each other, and a model judged on them flatters itself.
 */
export class SplitPlan {
  readonly by: SplitBy
  readonly #survey: SourceSurvey
  readonly #testShare: number
  readonly #positions = new Map<string, number>()
  readonly #cuts: ReadonlyMap<string, number>

  constructor(survey: SourceSurvey, by: SplitBy, testShare: number) {
    this.#survey = survey
    this.by = by
    this.#testShare = testShare
    this.#cuts = survey.momentsAt(1 - testShare)
  }

  /** To be asked once for every flow, in the order of the sources. */
  splitOf(flow: LabelledFlow): Split {
    if (this.by === 'time') return flow.startUs > (this.#cuts.get(flow.label) ?? Infinity) ? 'test' : 'train'
    return unitOf(this.#groupOf(flow)) < this.#testShare ? 'test' : 'train'
  }

  #groupOf({ capture, host }: LabelledFlow): string {
    if (this.by === 'capture') return capture
    if (this.by === 'host') return host
    const { captures } = this.#survey
    const position = this.#positions.get(capture) ?? 0
    this.#positions.set(capture, position + 1)
    return `${capture} ${Math.floor((position / (captures.get(capture) ?? 1)) * SLOTS)}`
  }
}

/** A number in [0, 1) that depends on the text alone (FNV-1a with a final mix). */
function unitOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}
