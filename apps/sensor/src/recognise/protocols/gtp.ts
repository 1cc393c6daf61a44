import { readUint16 } from '../byte-text.ts'
import { message } from './message.ts'

/** GTP (3GPP TS 29.281 section 5.1, TS 29.274): version 1 with protocol type 1, or 2; type; length 2 of what follows the first 8 or 4; GTP' (TS 32.295) has protocol type 0 and a header of 6 on port 3386. */
export const gtp = message(
  { name: 'gtp', ports: [2152, 2123, 3386], onlyOnPorts: true },
  ({ bytes, start, end, wireLength, destinationPort, sourcePort }) => {
    if (end - start < 8) return false
    const version = bytes[start] >> 5
    const length = readUint16(bytes, start + 2)
    if (version === 2) return length + 4 <= wireLength && length >= 4
    const isPrime = (bytes[start] & 0x10) === 0
    return (
      version <= 2 &&
      (isPrime ? destinationPort === 3386 || sourcePort === 3386 : version === 1) &&
      length + (isPrime ? 6 : 8) <= wireLength
    )
  },
)
