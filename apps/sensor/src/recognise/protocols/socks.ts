import { findOctet, isPrintable, readText, readUint16 } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'

const PORTS = [1080, 9050, 9150]
const CONNECT = 1
const BIND = 2
const VERSION_5 = 5
const MAX_METHODS = 10

/**
 * SOCKS 5 (RFC 1928 section 3): the client offers methods (5, count, methods), the server picks one (5, method): both are needed
 * off its ports. SOCKS 4 and 4a: 4, command, port 2, address 4, user ended by 0, (name ended by 0). Memory: an offer was seen.
 */
export const socks: Recogniser = {
  name: 'socks',
  transport: 'tcp',
  ports: PORTS,
  firstOctets: [0, 4, 5],
  recognise(head: Head, facts: FlowFacts): Verdict {
    const { bytes, start, end, forward, memory, memoryAt } = head
    if (facts.fields) return readRequest(head, facts)
    if (forward && bytes[start] === 4) return readVersion4(head, facts)
    if (bytes[start] !== VERSION_5) return Verdict.NO
    if (forward) {
      const count = bytes[start + 1]
      const isOffer =
        count > 0 && count <= MAX_METHODS && end - start === 2 + count && areMethods(bytes, start + 2, end)
      if (isOffer) memory[memoryAt] = 0x5ef5
      return isOffer ? Verdict.MORE : Verdict.NO
    }
    if (memory[memoryAt] !== 0x5ef5 || end - start !== 2 || (bytes[start + 1] > 9 && bytes[start + 1] !== 0xff))
      return Verdict.NO
    facts.set('socks.version', '5')
    facts.set('socks.method', bytes[start + 1])
    return Verdict.YES
  },
}

function areMethods(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if (bytes[at] > 9 && bytes[at] < 0x80) return false
  return true
}

/** A request of version 5: 5, command, 0, address type (1, 3 a name, 4), address, port. The head may hold the offer before it. */
function readRequest({ bytes, start, end, forward }: Head, facts: FlowFacts): Verdict {
  const afterOffer = start + 2 + bytes[start + 1]
  const at = afterOffer < end && bytes[afterOffer] === VERSION_5 ? afterOffer : start
  if (!forward || end - at < 5 || bytes[at] !== VERSION_5 || bytes[at + 1] > 3) return Verdict.YES
  const nameEnd = at + 5 + bytes[at + 4]
  if (bytes[at + 3] === 3 && nameEnd <= end) facts.set('socks.destination', readText(bytes, at + 5, nameEnd))
  facts.isComplete = true
  return Verdict.YES
}

function readVersion4({ bytes, start, end, destinationPort }: Head, facts: FlowFacts): Verdict {
  const command = bytes[start + 1]
  if (end - start < 9 || (command !== CONNECT && command !== BIND) || readUint16(bytes, start + 2) === 0)
    return Verdict.NO
  const userEnd = findOctet(bytes, start + 8, end, 0)
  if (userEnd < 0 || !isPrintable(bytes, start + 8, userEnd)) return Verdict.NO
  const isNamed = bytes[start + 4] === 0 && bytes[start + 5] === 0 && bytes[start + 6] === 0 && bytes[start + 7] !== 0
  const nameEnd = isNamed ? findOctet(bytes, userEnd + 1, end, 0) : userEnd
  if (nameEnd !== end - 1 || (!isNamed && !PORTS.includes(destinationPort) && bytes[start + 4] === 0)) return Verdict.NO
  if (isNamed) facts.set('socks.destination', readText(bytes, userEnd + 1, nameEnd))
  facts.set('socks.version', '4')
  facts.isComplete = true
  return Verdict.YES
}
