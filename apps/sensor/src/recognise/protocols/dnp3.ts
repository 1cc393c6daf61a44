import { readUint16LE } from '../byte-text.ts'
import { message } from './message.ts'

/** DNP3 (IEEE 1815 clause 9.2): start 05 64, length 5 to 255, control, destination 2, source 2, CRC 2, little-endian. */
export const dnp3 = message(
  { name: 'dnp3', transport: 'both', ports: [20000], firstOctets: [0x05] },
  ({ bytes, start, end }, facts) => {
    if (end - start < 10 || bytes[start + 1] !== 0x64 || bytes[start + 2] < 5) return false
    if (readUint16LE(bytes, start + 8) !== crc(bytes, start)) return false
    facts.set('dnp3.destination', readUint16LE(bytes, start + 4))
    facts.set('dnp3.source', readUint16LE(bytes, start + 6))
    return true
  },
)

/** CRC-16/DNP of the eight octets of the header: polynomial 0x3D65 reflected, inverted. */
function crc(bytes: Uint8Array, start: number): number {
  let value = 0
  for (let i = 0; i < 8; i++) {
    value ^= bytes[start + i]
    for (let bit = 0; bit < 8; bit++) value = (value & 1) !== 0 ? (value >>> 1) ^ 0xa6bc : value >>> 1
  }
  return ~value & 0xffff
}
