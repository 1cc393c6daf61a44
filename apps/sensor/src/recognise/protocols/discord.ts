import { readUint32 } from '../byte-text.ts'
import { message } from './message.ts'

const LENGTH = 74
const REQUEST = 0x0001_0046
const RESPONSE = 0x0002_0046

/** Discord voice (its documentation, "IP discovery"): type 1 or 2, length 70, source 4, address as text 64, port 2: 74 octets. */
export const discord = message({ name: 'discord', firstOctets: [0] }, ({ bytes, start, end, wireLength }) => {
  if (wireLength !== LENGTH || end - start < LENGTH) return false
  const kind = readUint32(bytes, start)
  if (kind !== REQUEST && kind !== RESPONSE) return false
  // A request leaves the address empty; an answer fills it with text.
  return kind === REQUEST ? readUint32(bytes, start + 8) === 0 : bytes[start + 8] >= 0x30 && bytes[start + 8] <= 0x39
})
