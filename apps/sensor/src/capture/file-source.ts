import { CaptureError } from './capture-error.ts'
import type { CaptureFormat } from './capture-format.ts'
import { ChunkReader } from './chunk-reader.ts'
import { Frame, type FrameHandler } from './frame.ts'
import { FrameBatch } from './frame-batch.ts'
import { openFormat } from './open-format.ts'
import type { PacketSource } from './packet-source.ts'

export interface FileSourceOptions {
  path: string
  /** The capture, unpacked, where it is in memory; `path` is then its name in messages. */
  octets?: Uint8Array
  /** Told which frames come next, where that is known before they are handed on. */
  onAhead?(frames: FrameBatch): void
  /**
   * Plays in packet time, so many times faster than recorded; without it, as fast as it is read. The packets' times
   * are shifted by one constant so that none lies in the future and, at speed 1 and above, the last falls on the moment
   * the replay ends, unless they are to be kept.
   */
  replay?: { speed: number; nowUs: () => number; keepsTimes?: boolean }
}

const FRAMES_A_TURN = 65_536

/**
 * A capture file, pcap or pcapng, plain or compressed by gzip or zstd; `-` is standard input. Damage is told in `error`, the first
 * of it, and read over where records that make sense follow.
 */
export class FileSource implements PacketSource {
  readonly kind = 'file'
  ended = false
  error: CaptureError | undefined
  readonly #options: FileSourceOptions
  readonly #reader: ChunkReader
  readonly #frame = new Frame()
  readonly #batch = new FrameBatch()
  #format: CaptureFormat | undefined
  #isPending = false
  #schedule: ReplaySchedule | undefined

  constructor(options: FileSourceOptions) {
    this.#options = options
    this.#reader = new ChunkReader(options.path, options.octets)
  }

  async open(): Promise<void> {
    const { path, replay } = this.#options
    if (replay) this.#schedule = await makeSchedule(path, replay)
    await this.#reader.open()
    this.#format = openFormat(this.#reader)
  }

  read(handler: FrameHandler, budget: number): number {
    let count = 0
    try {
      const frame = this.#frame
      const schedule = this.#schedule
      while (count < budget && this.#advance()) {
        if (schedule) {
          if (!schedule.isDue(frame.timeUs)) break
          frame.timeUs += schedule.shiftUs
        }
        this.#isPending = false
        count++
        handler(frame)
      }
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error
      this.error ??= error
      this.ended = error.code !== 'capture-file-corrupt' || !this.#format?.resume()
    }
    if (this.ended) this.error ??= this.#reader.error
    return count
  }

  takeDrops(): number {
    return 0
  }

  async close(): Promise<void> {
    this.#reader.close()
    this.ended = true
  }

  /** Makes the next frame pending unless one is; false at the end. */
  #advance(): boolean {
    if (!this.#isPending) this.#isPending = this.#batch.show(this.#frame) || this.#find()
    return this.#isPending
  }

  /** Looks for frames ahead; false at the end. */
  #find(): boolean {
    const format = this.#format
    if (this.ended || !format) return this.#end()
    if (format.ahead) {
      format.ahead(this.#batch)
      this.#options.onAhead?.(this.#batch)
    }
    return this.#batch.show(this.#frame) || format.next(this.#frame) || this.#end()
  }

  #end(): false {
    this.ended = true
    return false
  }
}

interface ReplaySchedule {
  /** Added to every packet time. */
  shiftUs: number
  isDue(timeUs: number): boolean
}

/** Reads the record headers once, for the first and last time. */
async function makeSchedule(
  path: string,
  { speed, nowUs, keepsTimes }: NonNullable<FileSourceOptions['replay']>,
): Promise<ReplaySchedule> {
  const { firstUs, lastUs } = await timeSpan(path)
  const startUs = nowUs()
  const durationUs = Number.isFinite(speed) && speed > 0 ? (lastUs - firstUs) / speed : 0
  // Slower than recorded, the first packet marks the moment instead: a packet's time is never ahead of the clock.
  const shiftUs = Math.floor(speed < 1 && speed > 0 ? startUs - firstUs : startUs + durationUs - lastUs)
  return {
    shiftUs: keepsTimes ? 0 : shiftUs,
    isDue: (timeUs) => durationUs === 0 || (timeUs - firstUs) / speed <= nowUs() - startUs,
  }
}

async function timeSpan(path: string): Promise<{ firstUs: number; lastUs: number }> {
  const source = new FileSource({ path })
  let firstUs = Infinity
  let lastUs = 0
  const widen = ({ timeUs }: Frame): void => {
    if (timeUs < firstUs) firstUs = timeUs
    if (timeUs > lastUs) lastUs = timeUs
  }
  await source.open()
  try {
    while (!source.ended) source.read(widen, FRAMES_A_TURN)
  } finally {
    await source.close()
  }
  return { firstUs: Math.min(firstUs, lastUs), lastUs }
}
