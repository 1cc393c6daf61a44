import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileSource } from '../src/capture/file-source.ts'
import { CaptureError } from '../src/capture/capture-error.ts'
import type { FuzzTarget } from './target.ts'

/** Capture files: a damaged one gives frames that lie within its octets, then its end or a coded error. */
export class PcapTarget implements FuzzTarget {
  readonly #folder = mkdtempSync(join(tmpdir(), 'picket-fuzz-'))
  readonly #path = join(this.#folder, 'input.pcap')

  async feed(input: Uint8Array): Promise<void> {
    writeFileSync(this.#path, input)
    const source = new FileSource({ path: this.#path })
    try {
      await source.open()
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error
      return
    }
    let octets = 0
    const check = ({ bytes, offset, capturedLength, wireLength }: FrameLike): void => {
      octets += capturedLength
      const isSound = offset >= 0 && offset + capturedLength <= bytes.length && wireLength >= capturedLength
      if (!isSound || octets > input.length) throw new Error('a frame that is not within the file')
    }
    for (let budget = 0; !source.ended && budget < 1_000; budget++) source.read(check, 1_000)
    await source.close()
  }

  settle(): void {
    // Each file is for itself.
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

interface FrameLike {
  bytes: Uint8Array
  offset: number
  capturedLength: number
  wireLength: number
}
