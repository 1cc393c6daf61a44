import { closeSync, openSync, writeSync } from 'node:fs'

const FILE_HEADER = [0xa1b2c3d4, 0x0004_0002, 0, 0, 65_535, 1]
const RECORD = 16
const FRAME = 54
const BATCH = 10_000

/** Writes a pcap of SYNs to one server, each from an address and port of its own, 10 us apart. */
export function writeSynCapture(path: string, count: number): void {
  const file = openSync(path, 'w')
  writeSync(file, Buffer.from(Uint32Array.from(FILE_HEADER).buffer))
  const buffer = Buffer.alloc(BATCH * (RECORD + FRAME))
  for (let first = 0; first < count; first += BATCH) {
    const size = Math.min(BATCH, count - first)
    for (let i = 0; i < size; i++) writeSyn(buffer.subarray(i * (RECORD + FRAME)), first + i)
    writeSync(file, buffer, 0, size * (RECORD + FRAME))
  }
  closeSync(file)
}

function writeSyn(record: Buffer, number: number): void {
  const timeUs = number * 10
  record.writeUInt32LE(1_700_000_000 + Math.floor(timeUs / 1e6), 0)
  record.writeUInt32LE(timeUs % 1e6, 4)
  record.writeUInt32LE(FRAME, 8)
  record.writeUInt32LE(FRAME, 12)
  const frame = record.subarray(RECORD)
  frame.writeUInt16BE(0x0800, 12)
  frame[14] = 0x45
  frame.writeUInt16BE(40, 16)
  frame[22] = 64
  frame[23] = 6
  frame.writeUInt32BE(0x0a00_0000 + number, 26)
  frame.writeUInt32BE(0xc0a8_0001, 30)
  frame.writeUInt16BE(1024 + (number % 60_000), 34)
  frame.writeUInt16BE(443, 36)
  frame[46] = 0x50
  frame[47] = 2
}
