import { closeSync, openSync, readFileSync, writeSync, constants } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

/** The last acknowledged batch. Only saves work: the collector knows duplicates when it is missing or old. */
export interface SettledMark {
  readonly epoch: number
  readonly sequence: number
}

const none: SettledMark = { epoch: 0, sequence: 0 }
const markBytes = 20

const fileIn = (folder: string) => join(folder, 'settled')

/** Epoch and sequence, 8 octets each, little-endian, then their CRC-32; anything else counts as no mark. */
export function loadSettledMark(folder: string): SettledMark {
  try {
    const bytes = readFileSync(fileIn(folder))
    if (bytes.length !== markBytes || crc32(bytes.subarray(0, 16)) !== bytes.readUInt32LE(16)) return none
    return { epoch: Number(bytes.readBigUInt64LE(0)), sequence: Number(bytes.readBigUInt64LE(8)) }
  } catch {
    return none
  }
}

/**
 * Writes in place: a rename over the old file, or cutting it first, makes ext4 write it to the disk at once, 3 ms of
 * CPU a second where this takes 0.05 ms.
 */
export function saveSettledMark(folder: string, { epoch, sequence }: SettledMark): void {
  const bytes = Buffer.alloc(markBytes)
  bytes.writeBigUInt64LE(BigInt(epoch), 0)
  bytes.writeBigUInt64LE(BigInt(sequence), 8)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 16)), 16)
  const file = openSync(fileIn(folder), constants.O_RDWR | constants.O_CREAT, 0o600)
  try {
    writeSync(file, bytes, 0, markBytes, 0)
  } finally {
    closeSync(file)
  }
}
