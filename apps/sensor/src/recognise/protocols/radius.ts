import { readText, readUint16 } from '../byte-text.ts'
import { message } from './message.ts'

const CODES = [1, 2, 3, 4, 5, 11, 12, 13, 40, 41, 42, 43, 44, 45]
const USER_NAME = 1

/** RADIUS (RFC 2865 section 3): code, id, length 2 of 20 to 4096, authenticator 16, then attributes of type, length. */
export const radius = message(
  { name: 'radius', ports: [1812, 1813, 1645, 1646, 3799], onlyOnPorts: true },
  (head, facts) => {
    const { bytes, start, end, wireLength } = head
    if (end - start < 20 || !CODES.includes(bytes[start])) return false
    const length = readUint16(bytes, start + 2)
    if (length < 20 || length > 4_096 || length > wireLength || wireLength > length + 4) return false
    facts.set('radius.code', bytes[start])
    for (let at = start + 20; at + 2 <= Math.min(end, start + length);) {
      if (bytes[at + 1] < 2) break
      if (bytes[at] === USER_NAME) facts.set('user.name', readText(bytes, at + 2, Math.min(end, at + bytes[at + 1])))
      at += bytes[at + 1]
    }
    return true
  },
)
