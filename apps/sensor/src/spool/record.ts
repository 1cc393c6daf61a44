import { crc32 } from 'node:zlib'

/**
 * One record of a segment file, little-endian:
 *
 *      0       4        8       12          16         24          32         36
 *     +-------+--------+-------+-----------+----------+-----------+----------+---------
 *     | magic | length | flows | payloadCrc| sequence | createdUs | headerCrc| payload
 *     +-------+--------+-------+-----------+----------+-----------+----------+---------
 *
 * The header has a CRC of its own, so a damaged payload still says how many flows were lost with it.
 */
export interface SpoolRecord {
  readonly sequence: number
  /** When the batch was made, microseconds since the epoch, sensor clock. */
  readonly createdUs: number
  /** Flow records inside: what a discard costs. */
  readonly flows: number
  /** Batch.payload. */
  readonly payload: Uint8Array
}

export type SpoolRecordHeader = Omit<SpoolRecord, 'payload'> & { readonly length: number; readonly payloadCrc: number }

export const recordHeaderBytes = 36
const magic = 0x524b5350 // "PSKR"

export function encodeRecord(record: SpoolRecord): Buffer {
  const bytes = Buffer.allocUnsafe(recordHeaderBytes + record.payload.length)
  bytes.writeUInt32LE(magic, 0)
  bytes.writeUInt32LE(record.payload.length, 4)
  bytes.writeUInt32LE(record.flows, 8)
  bytes.writeUInt32LE(crc32(record.payload), 12)
  bytes.writeBigUInt64LE(BigInt(record.sequence), 16)
  bytes.writeBigUInt64LE(BigInt(record.createdUs), 24)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 32)), 32)
  bytes.set(record.payload, recordHeaderBytes)
  return bytes
}

/** Reads a header at an offset; undefined when there is none or it is damaged. */
export function decodeRecordHeader(bytes: Buffer, offset: number): SpoolRecordHeader | undefined {
  if (bytes.length - offset < recordHeaderBytes || bytes.readUInt32LE(offset) !== magic) return undefined
  if (crc32(bytes.subarray(offset, offset + 32)) !== bytes.readUInt32LE(offset + 32)) return undefined
  return {
    length: bytes.readUInt32LE(offset + 4),
    flows: bytes.readUInt32LE(offset + 8),
    payloadCrc: bytes.readUInt32LE(offset + 12),
    sequence: Number(bytes.readBigUInt64LE(offset + 16)),
    createdUs: Number(bytes.readBigUInt64LE(offset + 24)),
  }
}
