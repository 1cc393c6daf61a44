import { createCipheriv, createDecipheriv } from 'node:crypto'
import { readUint32 } from '../byte-text.ts'
import type { InitialKeys } from './initial-keys.ts'
import { readVarint, varintLength } from './varint.ts'

const TAG = 16
const SAMPLE = 16

/** Where the parts of an Initial packet lie (RFC 9000 section 17.2.2). */
export interface InitialPacket {
  version: number
  connectionIdStart: number
  connectionIdEnd: number
  start: number
  packetNumberAt: number
  /** Of the packet, and of what the capture kept of it. */
  end: number
  capturedEnd: number
}

/** Frames that may open an Initial packet: padding, ping, acknowledgements, CRYPTO (RFC 9000 section 17.2.2). */
const FRAMES = [0, 1, 2, 3, 6]
const RESERVED_BITS = 0x0c

/**
 * First octet, version 4, connection ids 1+n each, token varint+n, length varint. Undefined where they do not fit. `wireEnd` is where the
 * datagram ended on the wire, behind `end` where the capture cut it.
 */
export function parseInitial(
  bytes: Uint8Array,
  start: number,
  end: number,
  wireEnd: number = end,
): InitialPacket | undefined {
  const connectionIdStart = start + 6
  const connectionIdEnd = connectionIdStart + bytes[start + 5]
  if (connectionIdEnd >= end) return undefined
  let at = connectionIdEnd + 1 + bytes[connectionIdEnd]
  for (let i = 0; i < 2; i++) {
    if (at >= end || at + varintLength(bytes[at]) > end) return undefined
    const value = readVarint(bytes, at)
    at += varintLength(bytes[at])
    if (i === 0) at += value
    else if (at + value > wireEnd || at + 4 + SAMPLE > end || value < 4 + SAMPLE) return undefined
    else {
      const version = readUint32(bytes, start + 1)
      const capturedEnd = Math.min(end, at + value)
      return { version, connectionIdStart, connectionIdEnd, start, packetNumberAt: at, end: at + value, capturedEnd }
    }
  }
  return undefined
}

/**
 * The frames of an Initial packet in clear; undefined where the keys are not its keys (RFC 9001 sections 5.3 and 5.4). Of a packet that was cut
 * the beginning is read: without the tag, it must open with a frame and have its reserved bits clear.
 */
export function decryptInitial(bytes: Uint8Array, packet: InitialPacket, keys: InitialKeys): Buffer | undefined {
  const { start, packetNumberAt, end, capturedEnd } = packet
  const sample = bytes.subarray(packetNumberAt + 4, packetNumberAt + 4 + SAMPLE)
  const mask = createCipheriv('aes-128-ecb', keys.headerProtection, null).update(sample)
  const first = bytes[start] ^ (mask[0] & 0x0f)
  const numberLength = (first & 3) + 1
  const header = Buffer.from(bytes.subarray(start, packetNumberAt + numberLength))
  header[0] = first
  const nonce = Buffer.from(keys.iv)
  for (let i = 0; i < numberLength; i++) {
    const at = header.length - numberLength + i
    header[at] ^= mask[1 + i]
    nonce[12 - numberLength + i] ^= header[at]
  }
  const decipher = createDecipheriv('aes-128-gcm', keys.key, nonce)
  decipher.setAAD(header)
  if (capturedEnd < end) {
    const begun = decipher.update(bytes.subarray(packetNumberAt + numberLength, Math.min(capturedEnd, end - TAG)))
    return FRAMES.includes(begun[0]) && (first & RESERVED_BITS) === 0 ? begun : undefined
  }
  decipher.setAuthTag(bytes.subarray(end - TAG, end))
  const plain = decipher.update(bytes.subarray(packetNumberAt + numberLength, end - TAG))
  try {
    decipher.final()
  } catch {
    return undefined
  }
  return plain
}
