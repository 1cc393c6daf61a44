import { hasText, readText } from '../byte-text.ts'
import { message } from './message.ts'

const DIGIT_0 = 0x30
const DIGIT_9 = 0x39

/** Redis (RESP): an array of bulk strings, "*N CRLF $M CRLF WORD CRLF ...", as every client sends. */
export const redis = message(
  { name: 'redis', transport: 'tcp', ports: [6379], firstOctets: [0x2a] },
  ({ bytes, start, end, forward }, facts) => {
    if (!forward) return false
    let at = skipDigits(bytes, start + 1, end)
    if (at === start + 1 || !hasText(bytes, at, end, '\r\n$')) return false
    const lengthAt = at + 3
    at = skipDigits(bytes, lengthAt, end)
    if (at === lengthAt || !hasText(bytes, at, end, '\r\n')) return false
    const length = Number(readText(bytes, lengthAt, at))
    if (length <= 20 && at + 2 + length <= end) facts.set('redis.command', readText(bytes, at + 2, at + 2 + length))
    return true
  },
)

function skipDigits(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end && bytes[at] >= DIGIT_0 && bytes[at] <= DIGIT_9) at++
  return at
}
