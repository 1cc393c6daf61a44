import { CaptureError } from '../src/capture/capture-error.ts'
import { FileSource } from '../src/capture/file-source.ts'
import type { Frame } from '../src/capture/frame.ts'
import type { FuzzTarget } from './target.ts'

/** A record takes 12 octets at least, so a file has fewer frames than octets. */
const FRAMES_A_READ = 1_000

/** Capture files: a damaged one gives frames that lie within its octets, then its end or a coded error. */
export class PcapTarget implements FuzzTarget {
  #inputLength = 0
  #octets = 0

  async feed(input: Uint8Array): Promise<void> {
    const source = new FileSource({ path: 'input', octets: input })
    try {
      await source.open()
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error
      return
    }
    this.#inputLength = input.length
    this.#octets = 0
    for (let reads = 0; !source.ended; reads++) {
      if (reads > input.length) throw new Error(`${reads} reads of ${input.length} octets without an end`)
      source.read(this.#check, FRAMES_A_READ)
    }
    await source.close()
  }

  settle(): void {
    // Each file is for itself.
  }

  close(): void {
    // Holds nothing but memory.
  }

  readonly #check = ({ bytes, offset, capturedLength, wireLength }: Frame): void => {
    this.#octets += capturedLength
    const isSound = offset >= 0 && offset + capturedLength <= bytes.length && wireLength >= capturedLength
    if (!isSound || this.#octets > this.#inputLength) throw new Error('a frame that is not within the file')
  }
}
