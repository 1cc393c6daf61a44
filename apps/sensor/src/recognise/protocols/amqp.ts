import { hasText, readUint16, readUint32 } from '../byte-text.ts'
import { message } from './message.ts'

const METHOD = 1
const BODY = 3
const HEARTBEAT = 8
const FRAME_END = 0xce
const LAST_CLASS = 120

/**
 * AMQP: "AMQP", protocol id, version 3 (0-9-1 section 4.2.2, 1.0 section 2.2). In the middle of 0-9-1, on its port: type 1 to
 * 3 or 8, channel 2, size 4, and the frame ends with CE.
 */
export const amqp = message(
  { name: 'amqp', transport: 'tcp', ports: [5672], firstOctets: [0x41] },
  ({ bytes, start, end }, facts) => {
    if (hasText(bytes, start, end, 'AMQP') && end - start >= 8) {
      facts.set('amqp.version', [5, 6, 7].map((i) => bytes[start + i]).join('.'))
      return true
    }
    if (end - start < 8 || (bytes[start] > BODY && bytes[start] !== HEARTBEAT) || bytes[start] < METHOD) return false
    const size = readUint32(bytes, start + 3)
    if (start + 7 + size >= end || bytes[start + 7 + size] !== FRAME_END) return false
    return bytes[start] !== METHOD || (size >= 4 && readUint16(bytes, start + 7) <= LAST_CLASS)
  },
)
