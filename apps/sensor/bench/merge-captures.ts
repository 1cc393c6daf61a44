import { closeSync, openSync, writeSync } from 'node:fs'
import { FileSource } from '../src/capture/file-source.ts'
import type { Frame } from '../src/capture/frame.ts'
import { LinkType } from '../src/capture/link-type.ts'
import { DecodeStatus } from '../src/decode/decode-status.ts'
import { Decoder } from '../src/decode/decoder.ts'
import { Family, type Packet } from '../src/decode/packet.ts'

const BUFFER = 8 << 20
const FILE_HEADER = [0xa1b2c3d4, 0x0004_0002, 0, 0, 65_535, 1]
/** Longer silences are cut to this: one busy link instead of many that idle for days. */
const MAX_GAP_US = 1_000
const START_US = 1_700_000_000_000_000

/**
 * Writes the Ethernet frames of all captures into one, one after the other, `laps` times over; the clock only goes on. Each lap has
 * addresses of its own, so that every meter meets new flows. Returns the packets.
 */
export async function mergeCaptures(paths: readonly string[], target: string, laps: number): Promise<number> {
  const writer = new PcapWriter(target)
  for (let lap = 0; lap < laps; lap++) for (const path of paths) await addCapture(path, lap, writer)
  writer.close()
  return writer.packets
}

async function addCapture(path: string, lap: number, writer: PcapWriter): Promise<void> {
  const source = new FileSource({ path })
  const decoder = new Decoder()
  await source.open()
  while (!source.ended) {
    source.read((frame) => {
      if (frame.linkType !== LinkType.ETHERNET) return
      if (decoder.decode(frame) === DecodeStatus.OK) moveAddresses(decoder.packet, lap)
      writer.add(frame)
    }, 8_192)
  }
  await source.close()
}

/** The second octet of both addresses differs with the lap; checksums are left as they were, no meter here checks them. */
function moveAddresses({ bytes, family, sourceAddress, destinationAddress }: Packet, lap: number): void {
  if (family === Family.NONE) return
  bytes[sourceAddress + 1] ^= lap
  bytes[destinationAddress + 1] ^= lap
}

class PcapWriter {
  packets = 0
  readonly #file: number
  readonly #buffer = Buffer.alloc(BUFFER)
  #end = 0
  #timeUs = START_US
  #lastUs = 0

  constructor(path: string) {
    this.#file = openSync(path, 'w')
    for (const value of FILE_HEADER) this.#end = this.#buffer.writeUInt32LE(value, this.#end)
  }

  add(frame: Frame): void {
    this.#timeUs += Math.min(Math.max(frame.timeUs - this.#lastUs, 0), MAX_GAP_US)
    this.#lastUs = frame.timeUs
    if (this.#end + 16 + frame.capturedLength > BUFFER) this.#flush()
    const header = [Math.floor(this.#timeUs / 1e6), this.#timeUs % 1e6, frame.capturedLength, frame.wireLength]
    for (const value of header) this.#end = this.#buffer.writeUInt32LE(value, this.#end)
    this.#buffer.set(frame.bytes.subarray(frame.offset, frame.offset + frame.capturedLength), this.#end)
    this.#end += frame.capturedLength
    this.packets++
  }

  close(): void {
    this.#flush()
    closeSync(this.#file)
  }

  #flush(): void {
    writeSync(this.#file, this.#buffer, 0, this.#end)
    this.#end = 0
  }
}
