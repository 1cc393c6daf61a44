const MAX_DISTINCT = 4_096
const MAX_COMMUNITY_IDS = 20

/**
 * What is gathered for one key in one window of packet time. A flood makes one for every address, which never sees a second flow: what
 * holds more than one thing is made for the second.
 */
export class DetectionWindow {
  readonly key: string
  /** Number of the window since the epoch. */
  readonly bucket: number
  readonly interface: string
  /** Named sums. */
  readonly sums: Record<string, number | undefined> = {}
  firstUs = Infinity
  lastUs = 0
  isReported = false
  #first: string | number | undefined
  #distinct: Set<string | number> | undefined
  #firstId = ''
  #ids: string[] | undefined

  constructor(key: string, bucket: number, interfaceName: string) {
    this.key = key
    this.bucket = bucket
    this.interface = interfaceName
  }

  /** How many distinct things were seen, at most 4,096. */
  get distinct(): number {
    return this.#distinct?.size ?? (this.#first === undefined ? 0 : 1)
  }

  /** The first of them. */
  get firstSeen(): string | number | undefined {
    return this.#first
  }

  /** Some names of the flows. */
  get communityIds(): readonly string[] {
    return this.#ids ?? (this.#firstId === '' ? [] : [this.#firstId])
  }

  /** Whether that is one more. */
  add(element: string | number): boolean {
    if (this.#first === undefined) {
      this.#first = element
      return true
    }
    if (element === this.#first || this.distinct >= MAX_DISTINCT || this.#distinct?.has(element)) return false
    this.#distinct ??= new Set([this.#first])
    this.#distinct.add(element)
    return true
  }

  addSum(name: string, amount: number): void {
    this.sums[name] = (this.sums[name] ?? 0) + amount
  }

  /** Widens its span by a flow's and keeps some of their names. */
  addSpan(flow: { startUs: number; endUs: number; communityId: string }): void {
    if (flow.startUs < this.firstUs) this.firstUs = flow.startUs
    if (flow.endUs > this.lastUs) this.lastUs = flow.endUs
    if (this.communityIds.length < MAX_COMMUNITY_IDS) this.#addName(flow.communityId)
  }

  #addName(communityId: string): void {
    if (communityId === '' || this.communityIds.includes(communityId)) return
    if (this.#firstId === '') this.#firstId = communityId
    else (this.#ids ??= [this.#firstId]).push(communityId)
  }
}
