import { readUint32LE } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'

const INITIATION = 1
const RESPONSE = 2
const COOKIE = 3
const DATA = 4
const LENGTHS: Record<number, number> = { [INITIATION]: 148, [RESPONSE]: 92, [COOKIE]: 64 }

/**
 * WireGuard (its paper, section 5.4): type 1 to 4 and three zero octets; initiation 148, response 92, cookie 64, data 32 and
 * more in steps of 16. Data alone takes two packets with one receiver and counters that rise. Memory: receiver, counter.
 */
export const wireguard: Recogniser = {
  name: 'wireguard',
  transport: 'udp',
  firstOctets: [INITIATION, RESPONSE, COOKIE, DATA],
  recognise({ bytes, start, end, wireLength, forward, memory, memoryAt }: Head, facts: FlowFacts): Verdict {
    if (end - start < 16 || bytes[start + 1] !== 0 || bytes[start + 2] !== 0 || bytes[start + 3] !== 0)
      return Verdict.NO
    const type = bytes[start]
    if (type !== DATA) {
      if (wireLength !== LENGTHS[type]) return Verdict.NO
      facts.isComplete = true
      return Verdict.YES
    }
    if (wireLength < 32 || wireLength % 16 !== 0 || readUint32LE(bytes, start + 12) !== 0) return Verdict.NO
    const at = memoryAt + (forward ? 0 : 2)
    const receiver = readUint32LE(bytes, start + 4)
    const counter = readUint32LE(bytes, start + 8)
    const isNext =
      memory[at] === receiver && receiver !== 0 && counter > memory[at + 1] && counter < memory[at + 1] + 64
    memory[at] = receiver
    memory[at + 1] = counter
    if (!isNext) return Verdict.MORE
    facts.isComplete = true
    return Verdict.YES
  },
}
