import type { FrameHandler } from './frame.ts'

/** A packet may have waited this long between its time and the rings, microseconds. */
const SLACK_US = 100_000

/**
 * Packets that two rings took in while one took over from the other. A packet has the same time and length in both, and what has the same
 * in one ring only came within the microsecond in which the other opened or shut, which takes longer; so as many of a
 * kind as were noted in the old ring are passed over in the new one.
 */
export class SeenTwice {
  readonly #noted = new Map<string, number>()
  #fromUs = 0
  #toUs = 0
  #isOver = true

  /** Nothing is to be passed over any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Before the new ring opens. */
  begin(): void {
    this.#noted.clear()
    this.#fromUs = Date.now() * 1000 - SLACK_US
    this.#isOver = false
  }

  /** After the old one is shut. */
  end(): void {
    this.#toUs = Date.now() * 1000 + SLACK_US
  }

  /** A handler for frames of the old ring. */
  note(handler: FrameHandler): FrameHandler {
    return (frame) => {
      if (frame.timeUs >= this.#fromUs) {
        const key = `${frame.timeUs} ${frame.wireLength}`
        this.#noted.set(key, (this.#noted.get(key) ?? 0) + 1)
      }
      handler(frame)
    }
  }

  /** A handler for frames of the new one. */
  passOver(handler: FrameHandler): FrameHandler {
    return (frame) => {
      if (!this.#isOver && frame.timeUs > this.#toUs) this.#finish()
      const key = this.#isOver ? '' : `${frame.timeUs} ${frame.wireLength}`
      const noted = this.#noted.get(key) ?? 0
      if (noted === 0) handler(frame)
      else this.#noted.set(key, noted - 1)
    }
  }

  #finish(): void {
    this.#isOver = true
    this.#noted.clear()
  }
}
