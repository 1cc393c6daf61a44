/** What is gathered for one key in one window of packet time. */
export interface DetectionWindow {
  key: string
  /** Number of the window since the epoch. */
  bucket: number
  /** Distinct things seen, at most MAX_DISTINCT. */
  readonly distinct: Set<string | number>
  /** Named sums. */
  readonly sums: Map<string, number>
  firstUs: number
  lastUs: number
  interface: string
  readonly communityIds: string[]
  isReported: boolean
}

const MAX_DISTINCT = 4_096
const MAX_COMMUNITY_IDS = 20

/** Windows of fixed length, one a key and bucket. Bounded: the window made longest ago makes room. */
export class DetectionWindows {
  /** Windows given up before their time because there were too many. */
  evictions = 0
  readonly #lengthUs: number
  readonly #maxWindows: number
  readonly #maxElements: number
  readonly #windows = new Map<string, DetectionWindow>()
  #elements = 0

  constructor(options: { lengthUs: number; maxWindows?: number; maxElements?: number }) {
    this.#lengthUs = options.lengthUs
    this.#maxWindows = options.maxWindows ?? 16_384
    this.#maxElements = options.maxElements ?? 262_144
  }

  get size(): number {
    return this.#windows.size
  }

  /** The window of the key at that time, made if it is new. */
  at(key: string, timeUs: number, interfaceName: string): DetectionWindow {
    const bucket = Math.floor(timeUs / this.#lengthUs)
    const id = `${key}|${bucket}`
    const found = this.#windows.get(id)
    if (found) return found
    const window: DetectionWindow = {
      key,
      bucket,
      distinct: new Set(),
      sums: new Map(),
      firstUs: Infinity,
      lastUs: 0,
      interface: interfaceName,
      communityIds: [],
      isReported: false,
    }
    this.#windows.set(id, window)
    this.#makeRoom()
    return window
  }

  addDistinct(window: DetectionWindow, element: string | number): void {
    if (window.distinct.size >= MAX_DISTINCT || window.distinct.has(element)) return
    window.distinct.add(element)
    this.#elements++
    this.#makeRoom()
  }

  #makeRoom(): void {
    while (this.#windows.size > this.#maxWindows || this.#elements > this.#maxElements) {
      const [id, oldest] = this.#windows.entries().next().value as [string, DetectionWindow]
      if (this.#windows.size === 1) return
      this.#windows.delete(id)
      this.#elements -= oldest.distinct.size
      this.evictions++
    }
  }
}

export function addSum(window: DetectionWindow, name: string, amount: number): void {
  window.sums.set(name, (window.sums.get(name) ?? 0) + amount)
}

/** Widens the window's span by a flow's and keeps some of its names. */
export function addSpan(window: DetectionWindow, flow: { startUs: number; endUs: number; communityId: string }): void {
  if (flow.startUs < window.firstUs) window.firstUs = flow.startUs
  if (flow.endUs > window.lastUs) window.lastUs = flow.endUs
  const { communityIds } = window
  if (flow.communityId === '' || communityIds.length >= MAX_COMMUNITY_IDS) return
  if (!communityIds.includes(flow.communityId)) communityIds.push(flow.communityId)
}
