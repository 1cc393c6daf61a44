import { DetectionWindow } from './detection-window.ts'

/** Windows of fixed length, one a key and bucket. Bounded: the window made longest ago makes room. */
export class DetectionWindows {
  /** Windows given up before their time because there were too many. */
  evictions = 0
  readonly #lengthUs: number
  readonly #maxWindows: number
  readonly #maxElements: number
  readonly #windows = new Map<string, DetectionWindow>()
  /** Where the oldest is: an iterator made anew would pass over all that were deleted before. */
  #oldest = this.#windows.entries()
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
    const window = new DetectionWindow(key, bucket, interfaceName)
    this.#windows.set(id, window)
    this.#makeRoom()
    return window
  }

  addDistinct(window: DetectionWindow, element: string | number): void {
    if (!window.add(element)) return
    this.#elements++
    this.#makeRoom()
  }

  #makeRoom(): void {
    while (this.#windows.size > 1 && (this.#windows.size > this.#maxWindows || this.#elements > this.#maxElements)) {
      const [id, oldest] = this.#oldest.next().value as [string, DetectionWindow]
      this.#windows.delete(id)
      this.#elements -= oldest.distinct
      this.evictions++
    }
  }
}
